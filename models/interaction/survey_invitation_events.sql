with staged as (
    {{ union_staging('survey_invitation_events', computed=['customer_id']) }}
)

select
    staged.survey_invitation_event_id,
    staged.invitation_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.loaded_at,
    staged.instrument,
    staged.channel,
    staged.event
from staged
{{ customer_join('staged') }}
