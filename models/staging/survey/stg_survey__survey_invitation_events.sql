with invitation_events as (
    select * from {{ loaded_rows(ref('base_survey__invitation_events')) }}
)

select
    'survey:' || event_id as survey_invitation_event_id,
    'survey:' || invitation_id as invitation_id,
    'survey' as source_system,
    event_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    occurred_at,
    loaded_at,
    instrument,
    channel,
    event
from invitation_events
