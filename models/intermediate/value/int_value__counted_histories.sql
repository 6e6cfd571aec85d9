-- The sufficient statistics of the models of repeat buying: distinct histories, and how many customers have each.
select
    valuation_id,
    source_system,
    segment,
    frequency,
    recency_days,
    age_days,
    cast(count(*) as bigint) as customer_count
from {{ ref('int_value__purchase_histories') }}
group by valuation_id, source_system, segment, frequency, recency_days, age_days
