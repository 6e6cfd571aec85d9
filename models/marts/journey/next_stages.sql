-- How likely each customer is in each next stage a while from now, given the stage and how long they are in it, by the
-- model that was better in the days held out. Where none was better than the base rate, nothing is forecast.
with stays as (
    select * from {{ ref('int_journey__stays') }}
    where known_at = 'as_of' and next_stage is null
),

forecasts as (
    select * from {{ ref('int_journey__stage_forecasts') }}
    where known_at = 'as_of'
),

accuracy as (
    select * from {{ ref('next_stage_accuracy') }}
    where is_chosen
),

chosen as (
    select
        forecasts.*,
        case
            when coalesce(accuracy.is_suppressed, true) then 'too few customers to judge it by'
            when not accuracy.is_better_than_base_rate then 'no better than the base rate'
        end as withheld_reason
    from forecasts
    left join accuracy on forecasts.axis = accuracy.axis and forecasts.within_days = accuracy.within_days
    where forecasts.forecast_model = coalesce(accuracy.forecast_model, 'markov')
)

select
    md5(concat_ws(
        ':', stays.customer_id, stays.axis, cast(chosen.within_days as string), chosen.next_stage
    )) as next_stage_id,
    stays.customer_id,
    stays.axis,
    stays.stage,
    stays.stage_days,
    chosen.within_days,
    chosen.next_stage,
    chosen.forecast_model,
    chosen.withheld_reason,
    cast(case when chosen.withheld_reason is null then chosen.probability end as decimal(18, 6)) as probability
from stays
inner join chosen
    on stays.axis = chosen.axis and stays.stage = chosen.stage and stays.stage_days = chosen.stage_days
