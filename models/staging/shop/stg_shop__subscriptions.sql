with subscriptions as (
    select * from {{ loaded_rows(ref('base_shop__subscriptions')) }}
)

select
    'shop:' || subscription_id as subscription_id,
    'shop' as source_system,
    subscription_id as source_record_id,
    'shop' as customer_namespace,
    account_id as source_customer_id,
    started_at as occurred_at,
    loaded_at,
    time_zone,
    plan,
    status,
    ended_at,
    cancel_reason,
    currency,
    monthly_amount as original_monthly_amount
from subscriptions
