-- Which purchase a refund takes back, and how much of it. Its order's, where it names one; else the customer's last
-- purchase of that product until then; else the last purchase until then. Only what was known on the day of the refund
-- decides, so that a later purchase changes nothing about the past.
-- Refund and purchase are compared in the currency of the purchase, and the share taken back is valued as the purchase
-- was: what the exchange rate did in between is no purchase (docs/decisions/0030-refunds-in-original-currency.md).
{% set own_currency = 'cast(dated.amount as double) * cast(bought.original_amount as double)' %}

with orders as (
    select order_id, customer_id, currency, business_date as purchase_date
    from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
),

order_lines as (
    select * from {{ ref('order_lines') }}
),

refunds as (
    select
        refund_id,
        customer_id,
        order_id,
        product_id,
        business_date as refund_date,
        currency,
        original_amount,
        amount
    from {{ ref('refunds') }}
    where {{ counts_as_refund() }}
),

rates as (
    select * from {{ ref('int_money__exchange_rates') }}
),

products_bought as (
    select distinct orders.customer_id, order_lines.product_id, orders.purchase_date
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id
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
),

-- What was bought on a day in one currency; freight is no part of a purchase.
bought as (
    select
        orders.customer_id,
        orders.purchase_date,
        orders.currency,
        sum(case when order_lines.counts_as = 'revenue' then order_lines.original_amount else 0 end)
            as original_amount,
        sum(case when order_lines.counts_as = 'revenue' then order_lines.amount else 0 end) as amount
    from orders
    inner join order_lines on orders.order_id = order_lines.order_id
    group by orders.customer_id, orders.purchase_date, orders.currency
),

dated as (
    select
        refunds.*,
        orders.currency as order_currency,
        coalesce(orders.purchase_date, of_the_product.purchase_date, of_anything.purchase_date) as purchase_date
    from refunds
    left join orders on refunds.order_id = orders.order_id and refunds.customer_id = orders.customer_id
    left join of_the_product on refunds.refund_id = of_the_product.refund_id
    left join of_anything on refunds.refund_id = of_anything.refund_id
),

-- In the currency of the order that it names; else in its own where something was bought in that, else in another.
named as (
    select
        dated.refund_id,
        coalesce(
            min(dated.order_currency),
            min(case when bought.currency = dated.currency then bought.currency end),
            min(bought.currency)
        ) as purchase_currency
    from dated
    inner join bought
        on dated.customer_id = bought.customer_id and dated.purchase_date = bought.purchase_date
    group by dated.refund_id
),

-- A refund in another currency is converted with the rates of its own day, on which both sides agreed to it.
compared as (
    select
        dated.*,
        bought.currency as bought_currency,
        bought.original_amount as bought_original_amount,
        bought.amount as bought_amount,
        case
            when bought.currency = dated.currency then dated.original_amount
            when bought.currency = '{{ var("base_currency") }}' then dated.amount
            when rates.rate is not null then {{ quotient('dated.amount', 'rates.rate') }}
            -- On a day without a rate of the purchase's currency, that of the purchase stands in.
            when bought.amount <> 0 then {{ quotient(own_currency, 'cast(bought.amount as double)') }}
            else 0
        end as taken_amount,
        -- An amount in another currency is met as exactly as the smallest amount of the refund's allows.
        case
            when bought.currency = dated.currency then 0
            else {{ var('refund_rounding_amount') }} * cast(dated.amount as double)
                / nullif(cast(dated.original_amount as double), 0) / coalesce(rates.rate, 1)
        end as rounding_amount
    from dated
    left join named on dated.refund_id = named.refund_id
    left join bought
        on dated.customer_id = bought.customer_id
        and dated.purchase_date = bought.purchase_date
        and named.purchase_currency = bought.currency
    left join rates on bought.currency = rates.currency and dated.refund_date = rates.rate_date
),

running as (
    select
        *,
        sum(taken_amount) over (
            partition by customer_id, purchase_date, bought_currency order by refund_date asc, refund_id asc
        ) as taken_until_amount
    from compared
),

-- What all refunds until this one take back, in base currency as the purchase was converted: the whole is the whole, to
-- the last digit.
valued as (
    select
        *,
        case
            when abs(taken_until_amount - bought_original_amount) <= rounding_amount then bought_amount
            when bought_original_amount > 0
                then {{ quotient(
                    'cast(bought_amount as double) * cast(taken_until_amount as double)',
                    'cast(bought_original_amount as double)'
                ) }}
        end as valued_until_amount
    from running
)

select
    refund_id,
    customer_id,
    refund_date,
    -- Where nothing was bought that it could be held against, a refund is what it is in money.
    coalesce(
        cast(
            valued_until_amount - lag(valued_until_amount, 1, cast(0 as decimal(28, 4))) over (
                partition by customer_id, purchase_date, bought_currency order by refund_date asc, refund_id asc
            ) as decimal(18, 4)
        ),
        amount
    ) as amount,
    purchase_date
from valued
