-- What is left of a unit that customers of a source spend: their contribution so far over their net spend so far. Its
-- denominator is the spend that the models of spend are fitted to, so that what is foretold of all of them together is
-- consistent with what they earned. Over the customers whose contribution is known; null where it is of none.
with valuations as (
    select * from {{ ref('int_value__valuations') }}
    where purpose <> 'calibration'
),

spends as (
    select valuation_id, source_system, customer_id, spend_amount
    from {{ ref('int_value__purchase_histories') }}
),

flows as (
    select * from {{ ref('int_value__month_flows') }}
),

customers as (
    select
        valuations.valuation_id,
        segments.source_system,
        flows.customer_id,
        flows.lifetime_contribution_amount,
        flows.lifetime_order_count
    from valuations
    inner join flows
        on valuations.month_date >= flows.month_date
        and (flows.next_month_date is null or valuations.month_date < flows.next_month_date)
    inner join {{ ref('int_value__customer_segments') }} as segments on flows.customer_id = segments.customer_id
    where flows.lifetime_order_count > 0
),

sums as (
    select
        customers.valuation_id,
        customers.source_system,
        cast(sum(customers.lifetime_contribution_amount) as double) as contribution,
        cast(
            sum(case when customers.lifetime_contribution_amount is not null then spends.spend_amount end) as double
        ) as spend
    from customers
    left join spends
        on customers.valuation_id = spends.valuation_id and customers.customer_id = spends.customer_id
    group by customers.valuation_id, customers.source_system
)

select
    valuation_id,
    source_system,
    contribution / nullif(spend, 0) as margin_rate
from sums
