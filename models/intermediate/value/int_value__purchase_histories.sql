-- What the models of repeat buying know of each customer at each valuation: (x, t_x, T) in days, and the mean spend of
-- the repeat purchases. A purchase that refunds known by then took back whole is none.
with valuations as (
    select * from {{ ref('int_value__valuations') }}
),

purchase_days as (
    select * from {{ ref('int_value__purchase_days') }}
),

refunds as (
    select customer_id, purchase_date, refund_date, sum(amount) as amount
    from {{ ref('int_value__netted_refunds') }}
    where purchase_date is not null
    group by customer_id, purchase_date, refund_date
),

refunded as (
    select
        valuations.valuation_id,
        refunds.customer_id,
        refunds.purchase_date,
        sum(refunds.amount) as refund_amount
    from refunds
    inner join valuations on refunds.refund_date <= valuations.last_date
    group by valuations.valuation_id, refunds.customer_id, refunds.purchase_date
),

spends as (
    select
        valuations.valuation_id,
        valuations.last_date,
        cast(valuations.month_date as timestamp) - interval {{ var('margin_months') | int - 1 }} month
            as recent_from_at,
        purchase_days.customer_id,
        purchase_days.purchase_date,
        purchase_days.goods_amount - coalesce(refunded.refund_amount, 0) as spend_amount
    from purchase_days
    inner join valuations on purchase_days.purchase_date <= valuations.last_date
    left join refunded
        on valuations.valuation_id = refunded.valuation_id
        and purchase_days.customer_id = refunded.customer_id
        and purchase_days.purchase_date = refunded.purchase_date
),

histories as (
    select
        valuation_id,
        customer_id,
        last_date,
        min(purchase_date) as first_purchase_date,
        max(purchase_date) as last_purchase_date,
        count(*) - 1 as frequency,
        sum(spend_amount) as spend_amount,
        sum(case when cast(purchase_date as timestamp) >= recent_from_at then spend_amount else 0 end)
            as recent_spend_amount,
        min_by(spend_amount, purchase_date) as first_spend_amount
    from spends
    where spend_amount > 0
    group by valuation_id, customer_id, last_date
)

select
    histories.valuation_id,
    histories.customer_id,
    segments.source_system,
    segments.segment,
    histories.first_purchase_date,
    histories.last_purchase_date,
    cast(histories.frequency as bigint) as frequency,
    {{ days_between('histories.first_purchase_date', 'histories.last_purchase_date') }} as recency_days,
    {{ days_between('histories.first_purchase_date', 'histories.last_date') }} as age_days,
    cast(histories.spend_amount as decimal(28, 4)) as spend_amount,
    cast(histories.recent_spend_amount as decimal(28, 4)) as recent_spend_amount,
    -- Ten decimals: with four, the half of an odd last digit would be rounded either way, an engine each.
    cast(
        cast(histories.spend_amount - histories.first_spend_amount as double)
        / nullif(histories.frequency, 0) as decimal(28, 10)
    ) as mean_spend_amount
from histories
inner join {{ ref('int_value__customer_segments') }} as segments on histories.customer_id = segments.customer_id
