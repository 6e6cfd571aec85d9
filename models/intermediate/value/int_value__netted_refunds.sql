-- Which purchase a refund takes back: its order's, where it names one; else the customer's last purchase of that
-- product until then; else the last purchase until then. Only what was known on the day of the refund decides, so that
-- a later purchase changes nothing about the past.
with orders as (
    select order_id, customer_id, cast(occurred_at as date) as purchase_date
    from {{ ref('orders') }}
    where is_purchase and customer_id is not null and occurred_at < {{ as_of() }}
),

refunds as (
    select refund_id, customer_id, order_id, product_id, cast(occurred_at as date) as refund_date, amount
    from {{ ref('refunds') }}
    where customer_id is not null and occurred_at < {{ as_of() }}
),

products_bought as (
    select distinct orders.customer_id, order_lines.product_id, orders.purchase_date
    from orders
    inner join {{ ref('order_lines') }} as order_lines on orders.order_id = order_lines.order_id
),

of_the_product as (
    select refunds.refund_id, max(products_bought.purchase_date) as purchase_date
    from refunds
    inner join products_bought
        on refunds.customer_id = products_bought.customer_id
        and refunds.product_id = products_bought.product_id
        and refunds.refund_date >= products_bought.purchase_date
    group by refunds.refund_id
),

of_anything as (
    select refunds.refund_id, max(orders.purchase_date) as purchase_date
    from refunds
    inner join orders
        on refunds.customer_id = orders.customer_id and refunds.refund_date >= orders.purchase_date
    group by refunds.refund_id
)

select
    refunds.refund_id,
    refunds.customer_id,
    refunds.refund_date,
    refunds.amount,
    coalesce(orders.purchase_date, of_the_product.purchase_date, of_anything.purchase_date) as purchase_date
from refunds
left join orders on refunds.order_id = orders.order_id and refunds.customer_id = orders.customer_id
left join of_the_product on refunds.refund_id = of_the_product.refund_id
left join of_anything on refunds.refund_id = of_anything.refund_id
