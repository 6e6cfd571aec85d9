with uses as (
    select * from {{ loaded_rows(ref('base_shop__subscription_uses')) }}
),

subscriptions as (
    select * from {{ ref('stg_shop__subscriptions') }}
)

select
    'shop:' || uses.use_id as product_usage_id,
    subscriptions.subscription_id,
    'shop' as source_system,
    uses.use_id as source_record_id,
    subscriptions.customer_namespace,
    subscriptions.source_customer_id,
    uses.used_at as occurred_at,
    uses.loaded_at,
    uses.time_zone,
    -- What is used belongs to a plan, and not to a product of the catalogue.
    cast(null as string) as product_id,
    uses.feature,
    uses.quantity
from uses
left join subscriptions on uses.subscription_id = subscriptions.source_record_id
