-- Every answer until the as-of day counts in one month; no month is left out; a figure is shown where enough answered,
-- with its interval around it, and nowhere else.
{% set unmeasured = [] %}
{% for construct, measure in var('survey_constructs').items() if measure == 'none' %}
{% do unmeasured.append(construct) %}
{% endfor %}

with satisfaction as (
    select * from {{ ref('satisfaction') }}
),

months as (
    select * from satisfaction
    where dimension = 'none' and period_type = '1 month'
),

counted as (
    select
        questionnaire,
        measure,
        sum(answer_count) as answer_count,
        count(*) as month_count,
        (extract(year from max(period_start_date)) - extract(year from min(period_start_date))) * 12
        + extract(month from max(period_start_date)) - extract(month from min(period_start_date)) + 1 as months_spanned
    from months
    group by questionnaire, measure
),

-- Straight from what was answered: whoever gave any score to a questionnaire that measures satisfaction.
answered as (
    select questionnaire, count(*) as answer_count
    from (
        select distinct items.questionnaire, answers.instrument, answers.invitation_id as response_id
        from {{ ref('survey_answers') }} as answers
        inner join {{ ref('survey_items') }} as items
            on answers.instrument = items.instrument and answers.question = items.question
        where answers.score is not null
            and items.construct not in ('{{ unmeasured | join("', '") }}')
            and answers.business_date <= {{ as_of_date() }}
        union all
        select distinct items.questionnaire, reviews.instrument, reviews.review_id
        from {{ ref('reviews') }} as reviews
        inner join {{ ref('survey_items') }} as items
            on reviews.instrument = items.instrument and items.question = 'rating'
        where reviews.rating is not null and reviews.business_date <= {{ as_of_date() }}
    ) as responses
    group by questionnaire
)

select
    coalesce(counted.questionnaire, answered.questionnaire) as questionnaire,
    counted.measure,
    null as period_start_date,
    counted.answer_count as figure,
    answered.answer_count as expected,
    'not every response counts, or a month is left out' as problem
from counted
full outer join answered on counted.questionnaire = answered.questionnaire
where counted.answer_count is distinct from answered.answer_count or counted.month_count <> counted.months_spanned

union all

select
    questionnaire,
    measure,
    period_start_date,
    respondent_count,
    {{ var('minimum_answers') }},
    'is shown or hidden wrongly'
from satisfaction
where (not is_suppressed and {{ too_few('respondent_count') }})
    or (suppression_reason = 'too few respondents' and not {{ too_few('respondent_count') }})
    or is_suppressed = (score is not null)
    or is_suppressed is distinct from (suppression_reason is not null)
    or (
        is_suppressed and coalesce(
            standard_error, lower_95, upper_95, design_effect, smallest_detectable_fall, promoter_count, passive_count,
            detractor_count
        ) is not null
    )

union all

select questionnaire, measure, period_start_date, score, lower_95, 'the interval does not hold the score'
from satisfaction
where score < lower_95 or score > upper_95 or lower_95 = upper_95
