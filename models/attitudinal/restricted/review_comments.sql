with staged as (
    {{ union_staging('review_comments') }}
)

select
    review_order_id,
    source_system,
    loaded_at,
    language,
    comment_title,
    comment_message,
    reply_text
from staged
