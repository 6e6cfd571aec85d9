with life_events as (
    select * from {{ loaded_rows(ref('base_crm__life_events')) }}
)

select
    'crm:' || life_event_id as life_event_id,
    'crm' as source_system,
    life_event_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    cast(occurred_date as timestamp) as occurred_at,
    loaded_at,
    kind,
    reported_at
from life_events
