-- What is given back of an order that was cancelled takes nothing away: it is no purchase.
with refunds as (
    select * from {{ loaded_rows(ref('base_shopify__refunds')) }}
),

orders as (
    select * from {{ ref('stg_shopify__orders') }}
    where status <> 'cancelled'
),

order_lines as (
    select * from {{ ref('stg_shopify__order_lines') }}
)

select
    'shopify:' || refunds.source_refund_id as refund_id,
    orders.order_id,
    'shopify' as source_system,
    refunds.source_refund_id as source_record_id,
    orders.customer_namespace,
    orders.source_customer_id,
    refunds.refunded_at as occurred_at,
    refunds.loaded_at,
    {{ zone_of_offset('refunds.utc_offset') }} as time_zone,
    -- Freight stands for itself; what no line explains is of no product.
    case when refunds.part = 'shipping_refund' then 'shopify:shipping' else order_lines.product_id end as product_id,
    refunds.quantity,
    cast(null as string) as reason,
    orders.currency,
    refunds.amount as original_amount
from refunds
inner join orders on refunds.source_order_id = orders.source_record_id
left join order_lines on refunds.source_line_id = order_lines.source_record_id
