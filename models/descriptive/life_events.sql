with staged as (
    {{ union_staging('life_events', computed=['customer_id']) }}
)

select
    staged.life_event_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.life_event_type,
    staged.reported_at
from staged
{{ customer_join('staged') }}
