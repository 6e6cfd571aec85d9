-- What goods of a source cost, as a share of what they were sold for: over all lines of known cost until the month. A
-- month's rate rests on nothing later, so that no past month changes.
with orders as (
    select order_id, cast(date_trunc('month', business_date) as date) as month_date
    from {{ ref('orders') }}
    where is_purchase and business_date <= {{ as_of_date() }}
),

bookings as (
    select
        order_lines.source_system,
        orders.month_date,
        case when order_lines.cost_amount is not null then order_lines.amount end as costed_revenue_amount,
        order_lines.cost_amount
    from orders
    inner join {{ ref('order_lines') }} as order_lines on orders.order_id = order_lines.order_id
    union all
    select
        source_system,
        cast(date_trunc('month', business_date) as date) as month_date,
        cast(null as decimal(18, 4)) as costed_revenue_amount,
        cast(null as decimal(18, 4)) as cost_amount
    from {{ ref('refunds') }}
    where {{ counts_as_refund() }}
),

months as (
    select
        source_system,
        month_date,
        sum(costed_revenue_amount) as costed_revenue_amount,
        sum(cost_amount) as cost_amount
    from bookings
    group by source_system, month_date
)

select
    source_system,
    month_date,
    cast(sum(cost_amount) over (partition by source_system order by month_date) as double)
    / nullif(cast(sum(costed_revenue_amount) over (partition by source_system order by month_date) as double), 0)
        as cost_rate
from months
