-- Every answer until the as-of day, told which counts: of several states of one answer the newest, of two of one time
-- the one with the last key.
with answers as (
    select
        answer_key,
        questionnaire,
        instrument,
        question,
        construct,
        response_id,
        max(customer_id) as customer_id,
        max(respondent_id) as respondent_id,
        {{ single_values(['touchpoint', 'channel', 'phase', 'order_id', 'ticket_id', 'product_id']) }},
        answered_at,
        answered_date,
        score,
        item_weight,
        item_index
    from {{ ref('int_satisfaction__scaled_items') }}
    where answered_date <= {{ as_of_date() }}
    group by
        answer_key, questionnaire, instrument, question, construct, response_id, answered_at, answered_date, score,
        item_weight, item_index
)

select
    *,
    row_number() over (
        partition by instrument, response_id, question order by answered_at desc, answer_key desc
    ) > 1 as is_superseded
from answers
