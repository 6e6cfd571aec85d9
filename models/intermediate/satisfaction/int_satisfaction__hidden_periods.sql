-- Which figures are not shown. Too few people is the reason of the first. But what is hidden of a dimension is the
-- whole less what is shown of it: where that is of somebody, and may be of too few, the smallest of those shown is
-- hidden, too. It is of the people of the whole less those of each part that is shown, at least: some are in several.
with sums as (
    select * from {{ ref('int_satisfaction__period_sums') }}
),

wholes as (
    select * from sums
    where dimension = 'none'
),

parts as (
    select
        sums.*,
        wholes.respondent_count as whole_respondent_count,
        {{ too_few('sums.respondent_count') }} as is_too_few
    from sums
    inner join wholes
        on sums.questionnaire = wholes.questionnaire
        and sums.measure = wholes.measure
        and sums.period_type = wholes.period_type
        and sums.period_start_date = wholes.period_start_date
),

counted as (
    select
        *,
        sum(case when is_too_few then answer_count else 0 end) over (
            partition by questionnaire, measure, dimension, period_type, period_start_date
        ) as hidden_answer_count,
        whole_respondent_count - sum(case when is_too_few then 0 else respondent_count end) over (
            partition by questionnaire, measure, dimension, period_type, period_start_date
        ) as hidden_respondent_count,
        row_number() over (
            partition by questionnaire, measure, dimension, period_type, period_start_date, is_too_few
            order by respondent_count asc, dimension_value asc
        ) as place
    from parts
)

select
    questionnaire,
    measure,
    dimension,
    dimension_value,
    period_type,
    period_start_date,
    case when is_too_few then 'too few respondents' else 'would reveal another part' end as suppression_reason
from counted
where is_too_few
    or (place = 1 and hidden_answer_count > 0 and {{ too_few('hidden_respondent_count') }})
