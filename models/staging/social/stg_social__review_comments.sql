with posts as (
    select * from {{ loaded_rows(ref('base_social__posts')) }}
    where kind = 'review' and (post_text is not null or reply_text is not null)
)

select
    'social:' || post_key as review_order_id,
    'social' as source_system,
    loaded_at,
    language,
    cast(null as string) as comment_title,
    post_text as comment_message,
    reply_text
from posts
