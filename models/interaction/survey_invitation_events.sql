with staged as (
    {{ union_staging('survey_invitation_events', computed=['customer_id', 'incentive_amount']) }}
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
    staged.business_date,
    staged.loaded_at,
    staged.instrument,
    staged.touchpoint,
    staged.channel,
    staged.order_id,
    staged.event_type,
    staged.currency,
    staged.original_incentive_amount,
    {{ in_base_currency('staged.original_incentive_amount', 'staged.currency') }} as incentive_amount
from staged
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
