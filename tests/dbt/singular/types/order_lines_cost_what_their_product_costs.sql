-- The cost of a line is its product's unit cost times its pieces, and unknown where the product's is, or is in another
-- currency than the line.
with order_lines as (
    select * from {{ ref('order_lines') }}
),

products as (
    select * from {{ ref('products') }}
)

select
    order_lines.order_line_id,
    order_lines.quantity,
    order_lines.currency,
    order_lines.original_cost_amount,
    products.currency as product_currency,
    products.original_unit_cost_amount
from order_lines
left join products on order_lines.product_id = products.product_id
where
    order_lines.original_cost_amount is distinct from case
        when order_lines.currency = products.currency
            then cast(order_lines.quantity * products.original_unit_cost_amount as decimal(18, 4))
    end
    or (order_lines.cost_amount is null and order_lines.original_cost_amount is not null)
