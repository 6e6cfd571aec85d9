-- Customer by customer: what the mart says was bought, paid back and spent is what the types hold of known customers
-- before the as-of moment, without what is owed or passed on.
with purchases as (
    select order_id, customer_id, coalesce(freight_amount, 0) as freight_amount
    from {{ ref('orders') }}
    where is_purchase and customer_id is not null and business_date <= {{ as_of_date() }}
),

bookings as (
    select customer_id, 1 as order_count, freight_amount as revenue_amount, 0 as refund_count, 0 as refund_amount
    from purchases
    union all
    select purchases.customer_id, 0, order_lines.amount, 0, 0
    from {{ ref('order_lines') }} as order_lines
    inner join purchases on order_lines.order_id = purchases.order_id
    where order_lines.counts_as <> 'liability'
    union all
    select customer_id, 0, 0, 1, amount
    from {{ ref('refunds') }}
    where customer_id is not null and counts_as <> 'liability' and business_date <= {{ as_of_date() }}
),

expected as (
    select
        customer_id,
        sum(order_count) as order_count,
        sum(revenue_amount) as revenue_amount,
        sum(refund_count) as refund_count,
        sum(refund_amount) as refund_amount
    from bookings
    group by customer_id
),

customer_value as (
    select * from {{ ref('customer_value') }}
)

select
    coalesce(expected.customer_id, customer_value.customer_id) as customer_id,
    expected.order_count as expected_order_count,
    customer_value.order_count,
    expected.revenue_amount as expected_revenue_amount,
    customer_value.revenue_amount,
    expected.refund_count as expected_refund_count,
    customer_value.refund_count,
    expected.refund_amount as expected_refund_amount,
    customer_value.refund_amount
from expected
full outer join customer_value on expected.customer_id = customer_value.customer_id
where expected.order_count is distinct from customer_value.order_count
    or expected.revenue_amount is distinct from customer_value.revenue_amount
    or expected.refund_count is distinct from customer_value.refund_count
    or expected.refund_amount is distinct from customer_value.refund_amount
    or customer_value.net_revenue_amount is distinct from customer_value.revenue_amount - customer_value.refund_amount
