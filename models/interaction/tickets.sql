with staged as (
    {{ union_staging('tickets', computed=['customer_id']) }}
)

select
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
    staged.order_id,
    staged.channel,
    staged.category,
    staged.status,
    staged.priority,
    staged.agent,
    staged.first_replied_at,
    staged.solved_at,
    staged.satisfaction_score,
    staged.satisfaction_rated_at
from staged
{{ customer_join('staged') }}
