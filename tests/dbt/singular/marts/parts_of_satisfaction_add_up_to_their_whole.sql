-- Whatever it is cut by, the parts of a period are the answers of the whole, and their mean weighted by n is its mean.
with sums as (
    select * from {{ ref('int_satisfaction__period_sums') }}
),

wholes as (
    select * from sums
    where dimension = 'none'
),

parts as (
    select
        questionnaire,
        measure,
        dimension,
        period_type,
        period_start_date,
        sum(answer_count) as answer_count,
        sum(value_sum) as value_sum,
        sum(respondent_count) as respondent_count,
        max(respondent_count) as largest_respondent_count
    from sums
    where dimension <> 'none'
    group by questionnaire, measure, dimension, period_type, period_start_date
)

select parts.*, wholes.answer_count as whole_answer_count, wholes.value_sum as whole_value_sum
from parts
left join wholes
    on parts.questionnaire = wholes.questionnaire
    and parts.measure = wholes.measure
    and parts.period_type = wholes.period_type
    and parts.period_start_date = wholes.period_start_date
where parts.answer_count is distinct from wholes.answer_count
    or parts.value_sum is distinct from wholes.value_sum
    -- Some people are in several parts, and nobody is in none.
    or parts.respondent_count < wholes.respondent_count
    or parts.largest_respondent_count > wholes.respondent_count
