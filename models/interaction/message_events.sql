with staged as (
    {{ union_staging('message_events', computed=['customer_id', 'cost_amount']) }}
)

select
    staged.message_event_id,
    staged.message_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.campaign,
    staged.channel,
    staged.event_type,
    staged.offer_category,
    staged.currency,
    staged.original_cost_amount,
    {{ in_base_currency('staged.original_cost_amount', 'staged.currency') }} as cost_amount
from staged
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
