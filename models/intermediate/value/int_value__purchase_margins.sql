-- What purchases of a day brought, and what is left of it: margin is goods less refunds and cost of goods, as
-- everywhere. A refund counts where the purchase is that it takes back, whenever it was paid: all days of a customer
-- sum to the margin of all months, but for refunds of which no purchase is known.
with purchase_days as (
    select * from {{ ref('int_value__purchase_days') }}
),

orders as (
    select customer_id, business_date as purchase_date, sum(coalesce(freight_amount, 0)) as freight_amount
    from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
    group by customer_id, business_date
),

lines as (
    select
        customer_id,
        business_date as purchase_date,
        sum(case when counts_as = 'freight' then amount else 0 end) as freight_amount,
        sum(goods_cost_amount) as goods_cost_amount,
        max(case when is_cost_unknown then 1 else 0 end) as has_unknown_cost
    from {{ ref('int_value__line_costs') }}
    where customer_id is not null
    group by customer_id, business_date
),

refunds as (
    select
        netted_refunds.customer_id,
        netted_refunds.purchase_date,
        sum(refunds.amount) as refund_amount
    from {{ ref('int_value__netted_refunds') }} as netted_refunds
    inner join {{ ref('refunds') }} as refunds on netted_refunds.refund_id = refunds.refund_id
    group by netted_refunds.customer_id, netted_refunds.purchase_date
)

select
    purchase_days.customer_id,
    purchase_days.purchase_date,
    purchase_days.order_count,
    cast(
        purchase_days.goods_amount + orders.freight_amount + coalesce(lines.freight_amount, 0) as decimal(28, 4)
    ) as revenue_amount,
    cast(coalesce(refunds.refund_amount, 0) as decimal(28, 4)) as refund_amount,
    cast(
        case
            when coalesce(lines.has_unknown_cost, 0) = 0
                then purchase_days.goods_amount
                    - coalesce(refunds.refund_amount, 0)
                    - coalesce(lines.goods_cost_amount, 0)
        end as decimal(28, 4)
    ) as margin_amount
from purchase_days
inner join orders
    on purchase_days.customer_id = orders.customer_id and purchase_days.purchase_date = orders.purchase_date
left join lines
    on purchase_days.customer_id = lines.customer_id and purchase_days.purchase_date = lines.purchase_date
left join refunds
    on purchase_days.customer_id = refunds.customer_id and purchase_days.purchase_date = refunds.purchase_date
