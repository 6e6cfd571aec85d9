with order_lines as (
    select * from {{ loaded_rows(ref('base_shopify__order_lines')) }}
),

orders as (
    select * from {{ ref('stg_shopify__orders') }}
)

select
    'shopify:' || order_lines.source_line_id as order_line_id,
    'shopify:' || order_lines.source_order_id as order_id,
    'shopify' as source_system,
    order_lines.source_line_id as source_record_id,
    order_lines.loaded_at,
    order_lines.line_number,
    'shopify:' || order_lines.source_product_id as product_id,
    order_lines.quantity,
    cast(null as boolean) as is_backordered,
    orders.currency,
    order_lines.amount as original_amount,
    order_lines.discount as original_discount_amount
from order_lines
inner join orders on order_lines.source_order_id = orders.source_record_id
