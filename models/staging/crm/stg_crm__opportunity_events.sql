with stage_changes as (
    select * from {{ loaded_rows(ref('base_crm__opportunity_stages')) }}
),

opportunities as (
    select * from {{ loaded_rows(ref('base_crm__opportunities')) }}
)

select
    'crm:' || stage_changes.stage_change_id as opportunity_event_id,
    'crm:' || stage_changes.opportunity_id as opportunity_id,
    'crm' as source_system,
    stage_changes.stage_change_id as source_record_id,
    'crm' as customer_namespace,
    opportunities.customer_number as source_customer_id,
    stage_changes.changed_at as occurred_at,
    stage_changes.loaded_at,
    stage_changes.stage,
    opportunities.channel,
    opportunities.category,
    opportunities.agent,
    opportunities.currency,
    stage_changes.expected_amount as original_expected_amount
from stage_changes
left join opportunities on stage_changes.opportunity_id = opportunities.opportunity_id
