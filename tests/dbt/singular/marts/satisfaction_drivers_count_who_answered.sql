-- Every driver is there, counts the respondents who answered it, of all as of each segment, and has its importance or
-- says why not; none is shown of fewer respondents than the minimum. Before the first estimate there is no row.
with drivers as (
    select * from {{ ref('satisfaction_drivers') }}
),

answers as (
    select * from {{ ref('int_satisfaction__construct_answers') }}
),

segments as (
    select customer_id, attribute as dimension, attribute_value as dimension_value
    from {{ ref('customer_dimensions') }}
),

answered as (
    select 'none' as dimension, 'all' as dimension_value, questionnaire, question, count(*) as respondent_count
    from answers
    group by questionnaire, question

    union all

    select
        segments.dimension,
        segments.dimension_value,
        answers.questionnaire,
        answers.question,
        count(*) as respondent_count
    from answers
    inner join segments on answers.respondent_id = segments.customer_id
    group by segments.dimension, segments.dimension_value, answers.questionnaire, answers.question
),

declared as (
    select questionnaire, question
    from {{ ref('int_satisfaction__construct_items') }}
    where is_driver
)

select declared.questionnaire || ':' || declared.question as what, 'is not there' as problem
from declared
left join drivers
    on declared.questionnaire = drivers.questionnaire
    and declared.question = drivers.question
    and drivers.dimension = 'none'
where drivers.satisfaction_driver_id is null
    and exists (select any_driver.question from drivers as any_driver)

union all

select drivers.satisfaction_driver_id, 'is not counted as it was answered'
from drivers
left join answered
    on drivers.dimension = answered.dimension
    and drivers.dimension_value = answered.dimension_value
    and drivers.questionnaire = answered.questionnaire
    and drivers.question = answered.question
where drivers.answering_respondent_count <> coalesce(answered.respondent_count, 0)

union all

select satisfaction_driver_id, 'is shown or missing wrongly'
from drivers
where (shapley_value is null) <> (reason is not null)
    or (shapley_value is not null and respondent_count < {{ var('minimum_answers') }})
    or (performance_index is not null) <> (answering_respondent_count >= {{ var('minimum_answers') }})
