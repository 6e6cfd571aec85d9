-- Each customer's next stages sum to one, or are withheld; nothing is forecast that was not better than the base rate.
with sums as (
    select
        customer_id,
        axis,
        within_days,
        forecast_model,
        sum(probability) as probability_sum,
        count(probability) as told_count,
        count(withheld_reason) as withheld_count,
        count(*) as outcome_count
    from {{ ref('next_stages') }}
    group by customer_id, axis, within_days, forecast_model
)

select sums.*
from sums
left join {{ ref('next_stage_accuracy') }} as accuracy
    on sums.axis = accuracy.axis
    and sums.within_days = accuracy.within_days
    and sums.forecast_model = accuracy.forecast_model
where abs(coalesce(sums.probability_sum, 1) - 1) > 0.00001
    or sums.told_count + sums.withheld_count <> sums.outcome_count
    or (sums.told_count > 0 and not coalesce(accuracy.is_chosen and accuracy.is_better_than_base_rate, false))
