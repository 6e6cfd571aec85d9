-- Every response until the as-of moment counts in one month; no month is left out; a figure is shown where enough
-- answered, with its interval around it, and nowhere else.
with months as (
    select * from {{ ref('satisfaction_monthly') }}
),

counted as (
    select
        questionnaire,
        measure,
        sum(answer_count) as answer_count,
        count(*) as month_count,
        (extract(year from max(month_date)) - extract(year from min(month_date))) * 12
        + extract(month from max(month_date)) - extract(month from min(month_date)) + 1 as months_spanned
    from months
    group by questionnaire, measure
),

responses as (
    select questionnaire, measure, count(*) as answer_count
    from {{ ref('int_satisfaction__measured_responses') }}
    group by questionnaire, measure
)

select
    coalesce(counted.questionnaire, responses.questionnaire) as questionnaire,
    coalesce(counted.measure, responses.measure) as measure,
    null as month_date,
    counted.answer_count as figure,
    responses.answer_count as expected,
    'not every response counts, or a month is left out' as problem
from counted
full outer join responses on counted.questionnaire = responses.questionnaire and counted.measure = responses.measure
where counted.answer_count is distinct from responses.answer_count or counted.month_count <> counted.months_spanned

union all

select questionnaire, measure, month_date, answer_count, {{ var('minimum_answers') }}, 'is shown or hidden wrongly'
from months
where is_suppressed is distinct from (answer_count < {{ var('minimum_answers') }})
    or is_suppressed = (score is not null)
    or (is_suppressed and coalesce(standard_error, lower_95, upper_95) is not null)

union all

select questionnaire, measure, month_date, score, lower_95, 'the interval does not hold the score'
from months
where score < lower_95 or score > upper_95
