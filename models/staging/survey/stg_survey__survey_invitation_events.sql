-- The steps of an invitation, one row each: the survey tool keeps them as times beside each other. What was promised
-- for answering stands with the step that promised it.
with invitations as (
    select * from {{ loaded_rows(ref('base_survey__invitations')) }}
),

steps as (
    {% for event_type in ['sent', 'opened', 'started', 'completed'] %}
    select
        *,
        '{{ event_type }}' as event_type,
        {{ event_type }}_at as occurred_at,
        {{ 'incentive' if event_type == 'sent' else 'cast(null as decimal(18, 4))' }} as promised_incentive
    from invitations
    where {{ event_type }}_at is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    'survey:' || invitation_id || ':' || event_type as survey_invitation_event_id,
    'survey:' || invitation_id as invitation_id,
    'survey' as source_system,
    invitation_id || ':' || event_type as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    occurred_at,
    loaded_at,
    instrument,
    touchpoint,
    channel,
    'shop:' || source_order_id as order_id,
    event_type,
    currency,
    promised_incentive as original_incentive_amount
from steps
