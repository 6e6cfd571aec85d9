-- What each respondent answers to the questions that the path model is made of. Customers answer different
-- questionnaires at different times, so that a respondent is a customer over the months of the window; of a question
-- answered several times counts the mean. Who is no known customer is a respondent a response.
with answers as (
    select * from {{ ref('int_satisfaction__answers') }}
    where not is_superseded
        and answered_date
        > cast({{ as_of_date() }} as timestamp) - interval {{ var('satisfaction_model_months') }} month
),

construct_items as (
    select * from {{ ref('satisfaction_construct_items') }}
)

select
    coalesce(answers.customer_id, answers.instrument || ':' || answers.response_id) as respondent_id,
    construct_items.construct,
    construct_items.questionnaire,
    construct_items.question,
    cast(count(*) as bigint) as answer_count,
    cast(cast(sum(answers.item_index) as double) / count(*) as decimal(18, 8)) as answer_index
from answers
inner join construct_items
    on answers.questionnaire = construct_items.questionnaire and answers.question = construct_items.question
group by
    coalesce(answers.customer_id, answers.instrument || ':' || answers.response_id),
    construct_items.construct, construct_items.questionnaire, construct_items.question
