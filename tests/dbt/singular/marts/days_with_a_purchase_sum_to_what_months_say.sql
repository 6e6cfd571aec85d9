-- Revenue and margin of a customer's days are those of the months, to the last digit: margin has one meaning. What was
-- paid back of no known purchase is of no day.
with days as (
    select
        customer_id,
        sum(revenue_amount) as revenue_amount,
        sum(margin_amount) as margin_amount
    from {{ ref('int_value__purchase_margins') }}
    group by customer_id
),

months as (
    select
        customer_id,
        lifetime_goods_amount + lifetime_freight_amount as revenue_amount,
        lifetime_margin_amount as margin_amount
    from {{ ref('int_value__month_flows') }}
    where next_month_date is null and lifetime_order_count > 0
),

of_no_purchase as (
    select distinct customer_id from {{ ref('int_value__netted_refunds') }}
    where purchase_date is null
)

select
    months.customer_id,
    months.revenue_amount,
    days.revenue_amount as revenue_amount_of_days,
    months.margin_amount,
    days.margin_amount as margin_amount_of_days
from months
left join days on months.customer_id = days.customer_id
left join of_no_purchase on months.customer_id = of_no_purchase.customer_id
where months.revenue_amount is distinct from days.revenue_amount
    or (
        months.margin_amount is not null
        and of_no_purchase.customer_id is null
        and months.margin_amount is distinct from days.margin_amount
    )
