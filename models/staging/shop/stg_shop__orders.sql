with orders as (
    select * from {{ loaded_rows(ref('base_shop__orders')) }}
)

select
    'shop:' || source_order_id as order_id,
    'shop' as source_system,
    source_order_id as source_record_id,
    -- A guest is known by the address alone.
    case when account_id is not null then 'shop' when email is not null then 'email' end as customer_namespace,
    coalesce(account_id, {{ hashed_key('email') }}) as source_customer_id,
    ordered_at as occurred_at,
    loaded_at,
    time_zone,
    status,
    channel,
    region,
    currency,
    freight as original_freight_amount,
    promised_delivery_at,
    handed_over_at,
    delivered_at
from orders
