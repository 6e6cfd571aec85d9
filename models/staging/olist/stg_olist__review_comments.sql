with reviews as (
    select * from {{ loaded_rows(ref('base_olist__order_reviews')) }}
)

select
    'olist:' || review_id || ':' || source_order_id as review_order_id,
    'olist' as source_system,
    loaded_at,
    'pt' as language,
    comment_title,
    comment_message,
    cast(null as string) as reply_text
from reviews
where comment_title is not null or comment_message is not null
