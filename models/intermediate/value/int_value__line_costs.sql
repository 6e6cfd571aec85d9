-- What each line of a purchase leaves of its amount. A line whose cost is not known is taken to cost what the source's
-- others do, as far as known by its month; a discount costs nothing. Where a source knows no cost at all, the cost of
-- what it sells is not known either.
with orders as (
    select
        order_id,
        customer_id,
        business_date,
        cast(date_trunc('month', business_date) as date) as month_date
    from {{ ref('orders') }}
    where is_purchase and business_date <= {{ as_of_date() }}
)

select
    orders.order_id,
    orders.customer_id,
    orders.business_date,
    orders.month_date,
    order_lines.counts_as,
    order_lines.amount,
    order_lines.cost_amount,
    coalesce(
        order_lines.cost_amount,
        case
            when order_lines.product_type = 'product'
                then cast(order_lines.amount * cost_rates.cost_rate as decimal(28, 4))
        end,
        0
    ) as goods_cost_amount,
    order_lines.counts_as = 'revenue' and order_lines.cost_amount is null and cost_rates.cost_rate is null
        as is_cost_unknown
from orders
inner join {{ ref('order_lines') }} as order_lines on orders.order_id = order_lines.order_id
inner join {{ ref('int_value__cost_rates') }} as cost_rates
    on order_lines.source_system = cost_rates.source_system and orders.month_date = cost_rates.month_date
