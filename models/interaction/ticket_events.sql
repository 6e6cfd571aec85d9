with staged as (
    {{ union_staging('ticket_events', computed=['customer_id']) }}
)

select
    staged.ticket_event_id,
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
    staged.event_type,
    staged.old_value,
    staged.new_value,
    staged.actor,
    staged.agent
from staged
{{ customer_join('staged') }}
