with staged as (
    {{ union_staging('ticket_comment_texts') }}
)

select
    ticket_comment_id,
    source_system,
    loaded_at,
    comment_text
from staged
