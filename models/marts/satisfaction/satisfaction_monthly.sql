-- A month of one measure of one questionnaire, whatever version of it was asked: mean, its 95 % interval, and no figure
-- where too few answered.
with responses as (
    select
        questionnaire,
        measure,
        cast(date_trunc('month', answered_date) as date) as month_date,
        superseded_count,
        response_value
    from {{ ref('int_satisfaction__measured_responses') }}
),

spans as (
    select
        questionnaire,
        measure,
        min(month_date) as first_month_date
    from responses
    group by questionnaire, measure
),

months as (
    select
        spans.questionnaire,
        spans.measure,
        {{ each_month('spans.first_month_date', 'clock.as_of_date') }} as month_date
    from spans
    cross join {{ ref('int_clock__as_of') }} as clock
),

sums as (
    select
        months.questionnaire,
        months.measure,
        months.month_date,
        cast(count(responses.response_value) as bigint) as answer_count,
        cast(coalesce(sum(responses.superseded_count), 0) as bigint) as superseded_answer_count,
        -- Sums of decimals are exact, so that two runs agree to the last digit.
        cast(sum(responses.response_value) as double) as value_sum,
        cast(
            sum(cast(responses.response_value * responses.response_value as decimal(30, 12))) as double
        ) as square_sum
    from months
    left join responses
        on months.questionnaire = responses.questionnaire
        and months.measure = responses.measure
        and months.month_date = responses.month_date
    group by months.questionnaire, months.measure, months.month_date
),

shown as (
    select
        *,
        {{ too_few('answer_count') }} as is_suppressed,
        case when measure = 'nps' then -100 else 0 end as lowest_value,
        value_sum / nullif(answer_count, 0) as mean_value,
        -- The index takes the sample variance; the NPS, by its published formula, that of the shares themselves.
        greatest(square_sum - value_sum * value_sum / nullif(answer_count, 0), 0)
        / nullif(case when measure = 'nps' then answer_count else answer_count - 1 end, 0) as variance
    from sums
),

estimates as (
    select
        *,
        case when not is_suppressed then mean_value end as score,
        case when not is_suppressed then sqrt(variance / answer_count) end as standard_error
    from shown
)

select
    md5(questionnaire || ':' || measure || ':' || cast(month_date as string)) as satisfaction_monthly_id,
    month_date,
    questionnaire,
    measure,
    answer_count,
    is_suppressed,
    cast(score as decimal(18, 6)) as score,
    cast(standard_error as decimal(18, 6)) as standard_error,
    cast(case when not is_suppressed then {{ adjusted_bound(
        'lower', 'value_sum', 'square_sum', 'answer_count', 'lowest_value', 100
    ) }} end as decimal(18, 6)) as lower_95,
    cast(case when not is_suppressed then {{ adjusted_bound(
        'upper', 'value_sum', 'square_sum', 'answer_count', 'lowest_value', 100
    ) }} end as decimal(18, 6)) as upper_95,
    superseded_answer_count
from estimates
