with orders as (
    select * from {{ loaded_rows(ref('base_shop__orders')) }}
)

select
    'shop:' || source_order_id as order_id,
    'shop' as source_system,
    source_order_id as source_record_id,
    -- The shop keeps no customers of its own: it uses the CRM's numbers, and none for a guest.
    case when customer_number is not null then 'crm' end as customer_namespace,
    customer_number as source_customer_id,
    ordered_at as occurred_at,
    loaded_at,
    status,
    channel,
    currency,
    freight as original_freight_amount,
    promised_delivery_at,
    handed_over_at,
    delivered_at
from orders
