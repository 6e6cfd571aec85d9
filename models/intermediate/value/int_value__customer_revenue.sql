-- What each customer bought, got back and cost in goods until the as-of moment. Purchases only: a cancelled order is
-- no revenue, and what is owed or passed on (a gift card, a tip) neither. Freight charged with the order and freight
-- booked as a line are the same thing.
with orders as (
    select * from {{ ref('orders') }}
    where is_purchase and customer_id is not null and business_date <= {{ as_of_date() }}
),

order_lines as (
    select * from {{ ref('order_lines') }}
),

refunds as (
    select * from {{ ref('refunds') }}
    where customer_id is not null and counts_as <> 'liability' and business_date <= {{ as_of_date() }}
),

orders_by_customer as (
    select
        customer_id,
        count(*) as order_count,
        sum(freight_amount) as order_freight_amount,
        min(occurred_at) as first_purchase_at,
        min(business_date) as first_purchase_date,
        max(occurred_at) as last_purchase_at
    from orders
    group by customer_id
),

lines_by_customer as (
    select
        orders.customer_id,
        sum(case when order_lines.counts_as = 'revenue' then order_lines.amount end) as goods_amount,
        sum(case when order_lines.counts_as = 'freight' then order_lines.amount end) as line_freight_amount,
        sum(case when order_lines.cost_amount is not null then order_lines.amount end) as costed_revenue_amount,
        sum(order_lines.cost_amount) as product_cost_amount
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id
    group by orders.customer_id
),

refunds_by_customer as (
    select customer_id, count(*) as refund_count, sum(amount) as refund_amount
    from refunds
    group by customer_id
),

buyers as (
    select customer_id from orders_by_customer
    union
    select customer_id from refunds_by_customer
)

select
    buyers.customer_id,
    coalesce(orders_by_customer.order_count, 0) as order_count,
    orders_by_customer.first_purchase_at,
    orders_by_customer.first_purchase_date,
    orders_by_customer.last_purchase_at,
    coalesce(lines_by_customer.goods_amount, 0) as goods_amount,
    coalesce(orders_by_customer.order_freight_amount, 0)
    + coalesce(lines_by_customer.line_freight_amount, 0) as freight_amount,
    coalesce(refunds_by_customer.refund_count, 0) as refund_count,
    coalesce(refunds_by_customer.refund_amount, 0) as refund_amount,
    lines_by_customer.costed_revenue_amount,
    lines_by_customer.product_cost_amount
from buyers
left join orders_by_customer on buyers.customer_id = orders_by_customer.customer_id
left join lines_by_customer on buyers.customer_id = lines_by_customer.customer_id
left join refunds_by_customer on buyers.customer_id = refunds_by_customer.customer_id
