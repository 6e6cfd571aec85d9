with posts as (
    select * from {{ loaded_rows(ref('base_social__posts')) }}
    where kind = 'mention' and (post_text is not null or reply_text is not null)
)

select
    'social:' || post_key as mention_id,
    'social' as source_system,
    loaded_at,
    language,
    post_text as mention_text,
    reply_text
from posts
