with life_events as (
    select * from {{ loaded_rows(ref('base_crm__life_events')) }}
)

select
    'crm:' || life_event_id as life_event_id,
    'crm' as source_system,
    life_event_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    {{ start_of_day('occurred_date', 'crm') }} as occurred_at,
    loaded_at,
    kind as life_event_type,
    reported_at
from life_events
