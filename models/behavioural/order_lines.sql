-- A line happened when its order did, and is its order's customer's. Its cost is known where the product's is.
with staged as (
    {{ union_staging('order_lines', computed=['customer_id', 'occurred_at', 'amount', 'original_cost_amount',
                                               'cost_amount']) }}
),

orders as (
    select * from {{ ref('orders') }}
),

products as (
    select * from {{ ref('products') }}
),

lines as (
    select
        staged.*,
        orders.customer_id,
        orders.occurred_at,
        case
            when products.currency = staged.currency then products.original_unit_cost_amount * staged.quantity
        end as original_cost_amount
    from staged
    left join orders on staged.order_id = orders.order_id
    left join products on staged.product_id = products.product_id
)

select
    lines.order_line_id,
    lines.order_id,
    lines.customer_id,
    lines.source_system,
    lines.source_record_id,
    lines.occurred_at,
    lines.loaded_at,
    lines.line_number,
    lines.product_id,
    lines.product_kind,
    lines.quantity,
    lines.is_backordered,
    lines.currency,
    lines.original_amount,
    {{ in_base_currency('lines.original_amount', 'lines.currency') }} as amount,
    cast(lines.original_cost_amount as decimal(18, 4)) as original_cost_amount,
    {{ in_base_currency('lines.original_cost_amount', 'lines.currency') }} as cost_amount
from lines
{{ exchange_rate_join('lines') }}
