with staged as (
    {{ union_staging('opportunity_events', computed=['customer_id', 'expected_amount']) }}
)

select
    staged.opportunity_event_id,
    staged.opportunity_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.stage,
    staged.channel,
    staged.category,
    staged.agent,
    staged.currency,
    staged.original_expected_amount,
    {{ in_base_currency('staged.original_expected_amount', 'staged.currency') }} as expected_amount
from staged
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
