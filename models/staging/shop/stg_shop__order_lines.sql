with order_lines as (
    select * from {{ loaded_rows(ref('base_shop__order_lines')) }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
)

select
    'shop:' || order_lines.source_order_id || ':' || cast(order_lines.line_number as string) as order_line_id,
    'shop:' || order_lines.source_order_id as order_id,
    'shop' as source_system,
    order_lines.source_order_id || ':' || cast(order_lines.line_number as string) as source_record_id,
    order_lines.loaded_at,
    order_lines.line_number,
    'shop:' || order_lines.source_product_id as product_id,
    order_lines.quantity,
    order_lines.is_backordered,
    orders.currency,
    cast(order_lines.quantity * order_lines.unit_price - order_lines.discount as decimal(18, 4)) as original_amount,
    order_lines.discount as original_discount_amount
from order_lines
left join orders on order_lines.source_order_id = orders.source_record_id
