-- A line happened when its order did, and is its order's customer's. What is booked below zero is a discount, whatever
-- product it is booked on, unless it is of what is no revenue: a gift card that is redeemed, a deposit given back. The
-- cost of goods is known where the product's is: in the currency of the product, and in base currency at the rate of
-- the order's day.
with staged as (
    {{ union_staging('order_lines', computed=['customer_id', 'occurred_at', 'business_date', 'product_type',
                                               'counts_as', 'amount', 'original_cost_amount', 'cost_currency',
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
        orders.business_date,
        case
            when staged.original_amount < 0 and product_types.counts_as = 'revenue' then 'discount'
            else product_types.product_type
        end as product_type,
        product_types.counts_as
    from staged
    left join orders on staged.order_id = orders.order_id
    left join {{ ref('int_products__types') }} as product_types on staged.product_id = product_types.product_id
),

costs as (
    select
        lines.order_line_id,
        lines.business_date,
        products.currency,
        -- A cost that no amount holds is a slip of the keyboard, and not known.
        try_cast(
            cast(products.original_unit_cost_amount as decimal(19, 4)) * lines.quantity as decimal(18, 4)
        ) as original_cost_amount
    from lines
    inner join products on lines.product_id = products.product_id
    where products.original_unit_cost_amount is not null
        and lines.counts_as = 'revenue'
        and lines.product_type = products.product_type
),

converted_costs as (
    select
        costs.order_line_id,
        costs.original_cost_amount,
        costs.currency,
        {{ in_base_currency('costs.original_cost_amount', 'costs.currency') }} as cost_amount
    from costs
    {{ exchange_rate_join('costs') }}
)

select
    lines.order_line_id,
    lines.order_id,
    lines.customer_id,
    lines.source_system,
    lines.source_record_id,
    lines.occurred_at,
    lines.business_date,
    lines.loaded_at,
    lines.line_number,
    lines.product_id,
    lines.product_type,
    lines.counts_as,
    lines.quantity,
    lines.is_backordered,
    lines.currency,
    lines.original_amount,
    lines.original_discount_amount,
    {{ in_base_currency('lines.original_amount', 'lines.currency') }} as amount,
    converted_costs.original_cost_amount,
    converted_costs.currency as cost_currency,
    converted_costs.cost_amount
from lines
left join converted_costs on lines.order_line_id = converted_costs.order_line_id
{{ exchange_rate_join('lines') }}
