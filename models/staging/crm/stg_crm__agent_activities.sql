with activities as (
    select * from {{ loaded_rows(ref('base_crm__activities')) }}
)

select
    'crm:' || activity_id as agent_activity_id,
    'crm' as source_system,
    activity_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    occurred_at,
    loaded_at,
    'crm:' || opportunity_id as opportunity_id,
    channel,
    kind as activity_type,
    direction,
    agent,
    cast(duration_minutes as decimal(9, 2)) as duration_minutes
from activities
