-- What is left of a unit that customers of a source spend: their margin over their net spend in the months of the
-- var, so that it is that of today's prices and costs; of all months so far where they spent nothing in these. Its
-- denominator is the spend that the models of spend are fitted to, so that what is predicted for all of them together
-- is consistent with what they earned. Over the customers whose margin is known; null where it is of none.
with valuations as (
    select * from {{ ref('int_value__valuations') }}
    where purpose <> 'calibration'
),

spends as (
    select valuation_id, customer_id, spend_amount, recent_spend_amount
    from {{ ref('int_value__purchase_histories') }}
),

flows as (
    select * from {{ ref('int_value__month_flows') }}
),

-- The newest flows of each customer until the month.
known as (
    select
        valuations.valuation_id,
        segments.source_system,
        flows.customer_id,
        flows.lifetime_margin_amount
    from valuations
    inner join flows on {{ are_newest_flows('flows', 'valuations') }}
    inner join {{ ref('int_value__customer_segments') }} as segments on flows.customer_id = segments.customer_id
    where flows.lifetime_order_count > 0
),

recent as (
    select
        valuations.valuation_id,
        flows.customer_id,
        sum(flows.margin_amount) as margin_amount
    from valuations
    inner join flows
        on valuations.month_date >= flows.month_date
        and cast(flows.month_date as timestamp)
        >= cast(valuations.month_date as timestamp) - interval {{ var('margin_months') | int - 1 }} month
    group by valuations.valuation_id, flows.customer_id
),

sums as (
    select
        known.valuation_id,
        known.source_system,
        cast(sum(known.lifetime_margin_amount) as double) as margin,
        cast(sum(case when known.lifetime_margin_amount is not null then spends.spend_amount end) as double)
            as spend,
        cast(
            sum(case when known.lifetime_margin_amount is not null then recent.margin_amount end) as double
        ) as recent_margin,
        cast(
            sum(case when known.lifetime_margin_amount is not null then spends.recent_spend_amount end) as double
        ) as recent_spend
    from known
    left join spends on known.valuation_id = spends.valuation_id and known.customer_id = spends.customer_id
    left join recent on known.valuation_id = recent.valuation_id and known.customer_id = recent.customer_id
    group by known.valuation_id, known.source_system
)

select
    valuation_id,
    source_system,
    case
        when recent_spend > 0 then recent_margin / nullif(recent_spend, 0)
        else margin / nullif(spend, 0)
    end as margin_rate
from sums
