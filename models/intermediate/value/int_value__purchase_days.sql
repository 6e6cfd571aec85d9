-- Purchases of one day are one purchase to the models of repeat buying. What counts is goods: freight is passed on to
-- the carrier, and no source reports what it costs.
with orders as (
    select * from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
),

goods_by_order as (
    select order_id, sum(amount) as goods_amount
    from {{ ref('order_lines') }}
    where counts_as = 'revenue'
    group by order_id
)

select
    orders.customer_id,
    orders.business_date as purchase_date,
    count(*) as order_count,
    sum(coalesce(goods_by_order.goods_amount, 0)) as goods_amount
from orders
left join goods_by_order on orders.order_id = goods_by_order.order_id
group by orders.customer_id, orders.business_date
