-- What the model of spend is fitted to: repeat buyers' number of repeat purchases and what they spent on one, counted.
select
    valuation_id,
    source_system,
    segment,
    frequency,
    mean_spend_amount,
    cast(count(*) as bigint) as customer_count
from {{ ref('int_value__purchase_histories') }}
where frequency > 0 and mean_spend_amount > 0
group by valuation_id, source_system, segment, frequency, mean_spend_amount
