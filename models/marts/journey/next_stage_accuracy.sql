-- How good forecasts of the next stage were: made of what was known before the last days, which are held out, and held
-- against what became of each customer. The log-loss is the mean of -ln p of what happened; base rates are those of the
-- held-out days themselves, which nobody could know: no forecast that is the same for all could have been better.
with forecasts as (
    select * from {{ ref('int_journey__stage_forecasts') }}
    where known_at = 'holdout_start'
),

stays as (
    select * from {{ ref('int_journey__stays') }}
    where known_at = 'holdout_start' and next_stage is null
),

-- Whom nothing is forecast of is not judged by.
cells as (
    select distinct axis, stage, stage_days, within_days
    from forecasts
),

happened as (
    select
        cells.axis,
        cells.stage,
        cells.stage_days,
        cells.within_days,
        case when stays.days_later < cells.within_days then stays.later_stage else stays.stage end as next_stage,
        count(*) as customer_count
    from stays
    inner join cells
        on stays.axis = cells.axis and stays.stage = cells.stage and stays.stage_days = cells.stage_days
    group by
        cells.axis,
        cells.stage,
        cells.stage_days,
        cells.within_days,
        case when stays.days_later < cells.within_days then stays.later_stage else stays.stage end
),

numbers as (
    select
        axis,
        stage,
        stage_days,
        within_days,
        sum(customer_count) as customer_count
    from happened
    group by axis, stage, stage_days, within_days
),

told as (
    select
        forecasts.axis,
        forecasts.within_days,
        forecasts.forecast_model,
        forecasts.stage,
        forecasts.next_stage,
        cast(
            cast(numbers.customer_count as decimal(10, 0)) * forecasts.probability as decimal(28, 12)
        ) as forecast_count,
        coalesce(happened.customer_count, 0) as happened_count,
        cast(
            -coalesce(happened.customer_count, 0) * ln(greatest(cast(forecasts.probability as double), 1e-12))
            as decimal(28, 12)
        ) as loss,
        floor(10 * forecasts.probability) as tenth
    from forecasts
    inner join numbers
        on forecasts.axis = numbers.axis
        and forecasts.stage = numbers.stage
        and forecasts.stage_days = numbers.stage_days
        and forecasts.within_days = numbers.within_days
    left join happened
        on forecasts.axis = happened.axis
        and forecasts.stage = happened.stage
        and forecasts.stage_days = happened.stage_days
        and forecasts.within_days = happened.within_days
        and forecasts.next_stage = happened.next_stage
),

losses as (
    select
        axis,
        within_days,
        forecast_model,
        sum(happened_count) as customer_count,
        cast(sum(loss) as double) / sum(happened_count) as log_loss,
        sum(case when next_stage <> stage then forecast_count else 0 end) as forecast_exit_count,
        sum(case when next_stage <> stage then happened_count else 0 end) as exit_count
    from told
    group by axis, within_days, forecast_model
),

tenths as (
    select
        axis,
        within_days,
        forecast_model,
        sum(abs(forecast_count - happened_count)) as missed_count
    from (
        select
            axis,
            within_days,
            forecast_model,
            tenth,
            sum(forecast_count) as forecast_count,
            sum(happened_count) as happened_count
        from told
        group by axis, within_days, forecast_model, tenth
    ) as summed
    group by axis, within_days, forecast_model
),

outcomes as (
    select
        axis,
        within_days,
        stage,
        next_stage,
        sum(customer_count) as customer_count,
        sum(sum(customer_count)) over (partition by axis, within_days, stage) as stage_count,
        sum(sum(customer_count)) over (partition by axis, within_days, next_stage) as outcome_count,
        sum(sum(customer_count)) over (partition by axis, within_days) as all_count
    from happened
    group by axis, within_days, stage, next_stage
),

base_rates as (
    select
        axis,
        within_days,
        cast(sum(cast(
            -customer_count * ln(cast(outcome_count as double) / all_count) as decimal(28, 12)
        )) as double) / sum(customer_count) as base_rate_log_loss,
        cast(sum(cast(
            -customer_count * ln(cast(customer_count as double) / stage_count) as decimal(28, 12)
        )) as double) / sum(customer_count) as stage_rate_log_loss
    from outcomes
    group by axis, within_days
),

-- Of two that are equally good the simpler one.
ranked as (
    select
        losses.*,
        tenths.missed_count,
        base_rates.base_rate_log_loss,
        base_rates.stage_rate_log_loss,
        {{ too_few('losses.customer_count') }} as is_suppressed,
        row_number() over (
            partition by losses.axis, losses.within_days order by losses.log_loss asc, losses.forecast_model desc
        ) as place
    from losses
    inner join tenths
        on losses.axis = tenths.axis
        and losses.within_days = tenths.within_days
        and losses.forecast_model = tenths.forecast_model
    inner join base_rates on losses.axis = base_rates.axis and losses.within_days = base_rates.within_days
)

select
    concat_ws(':', axis, cast(within_days as string), forecast_model) as next_stage_accuracy_id,
    axis,
    within_days,
    forecast_model,
    cast(customer_count as bigint) as customer_count,
    place = 1 as is_chosen,
    not is_suppressed and log_loss < base_rate_log_loss as is_better_than_base_rate,
    is_suppressed,
    {% for figure in ['log_loss', 'base_rate_log_loss', 'stage_rate_log_loss'] %}
    cast(case when not is_suppressed then {{ figure }} end as decimal(18, 6)) as {{ figure }},
    {% endfor %}
    cast(case when not is_suppressed then forecast_exit_count end as decimal(18, 2)) as forecast_exits,
    cast(case when not is_suppressed then exit_count end as bigint) as exit_count,
    cast(case when not is_suppressed then cast(missed_count as double) / customer_count end as decimal(18, 6))
        as calibration_error
from ranked
