-- What the lines of an order come to and what was paid of it, where both can be read; freight is the order's own.
with lines as (
    select
        order_id,
        {{ shop_line_amount() }} as amount
    from {{ source('shop', 'order_lines') }}
),

lines_by_order as (
    select order_id, sum(amount) as line_amount
    from lines
    group by order_id
    having count(*) = count(amount)
),

payments as (
    select order_id, currency, {{ try_money('amount') }} as amount
    from {{ source('shop', 'payments') }}
),

-- Payments in several currencies have no sum without a rate.
payments_by_order as (
    select order_id, max(currency) as payment_currency, sum(amount) as paid_amount
    from payments
    group by order_id
    having count(*) = count(amount) and count(distinct currency) = 1
)

select
    lines_by_order.order_id as source_order_id,
    lines_by_order.line_amount,
    payments_by_order.payment_currency,
    payments_by_order.paid_amount
from lines_by_order
inner join payments_by_order on lines_by_order.order_id = payments_by_order.order_id
