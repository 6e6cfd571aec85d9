with opportunity_events as (
    select * from {{ loaded_rows(ref('base_crm__opportunity_events')) }}
)

select
    'crm:' || event_id as opportunity_event_id,
    'crm:' || opportunity_id as opportunity_id,
    'crm' as source_system,
    event_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    occurred_at,
    loaded_at,
    stage,
    cast(null as string) as channel,
    currency,
    expected_amount as original_expected_amount
from opportunity_events
