with staged as (
    {{ union_staging('subscriptions', computed=['customer_id', 'monthly_amount']) }}
)

select
    staged.subscription_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.time_zone,
    staged.plan,
    staged.status,
    staged.ended_at,
    staged.cancel_reason,
    staged.currency,
    staged.original_monthly_amount,
    {{ in_base_currency('staged.original_monthly_amount', 'staged.currency') }} as monthly_amount
from staged
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
