with orders as (
    select * from {{ loaded_rows(ref('base_shopify__orders')) }}
)

select
    'shopify:' || source_order_id as order_id,
    'shopify' as source_system,
    source_order_id as source_record_id,
    -- A guest is known by the address alone; who paid in a store and left none is nobody.
    case when source_customer_id is not null then 'shopify' when email is not null then 'email' end
        as customer_namespace,
    coalesce(source_customer_id, {{ hashed_key('email') }}) as source_customer_id,
    ordered_at as occurred_at,
    loaded_at,
    {{ zone_of_offset('utc_offset') }} as time_zone,
    status,
    channel,
    region,
    currency,
    freight as original_freight_amount,
    cast(null as timestamp) as promised_delivery_at,
    handed_over_at,
    cast(null as timestamp) as delivered_at
from orders
