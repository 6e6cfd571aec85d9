with staged as (
    {{ union_staging('ticket_comments', computed=['customer_id']) }}
)

select
    staged.ticket_comment_id,
    staged.ticket_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.utc_offset,
    staged.channel,
    staged.author,
    staged.is_public,
    staged.text_length
from staged
{{ customer_join('staged') }}
