-- Every answer to one question, told which counts: of several states of one answer the newest, of two of one time the
-- one with the last key. A review that speaks of several orders is one answer; one that was changed is two.
with survey_answers as (
    select * from {{ ref('survey_answers') }}
),

reviews as (
    select * from {{ ref('reviews') }}
),

answers as (
    select
        instrument,
        invitation_id as response_id,
        customer_id,
        question,
        cast(score as decimal(18, 4)) as score,
        occurred_at as answered_at,
        business_date as answered_date,
        survey_answer_id as answer_key
    from survey_answers
    where business_date <= {{ as_of_date() }}
    union all
    select
        instrument,
        review_id as response_id,
        max(customer_id) as customer_id,
        'rating' as question,
        cast(rating as decimal(18, 4)) as score,
        occurred_at as answered_at,
        business_date as answered_date,
        max(review_order_id) as answer_key
    from reviews
    where business_date <= {{ as_of_date() }}
    group by instrument, review_id, rating, occurred_at, business_date
)

select
    *,
    row_number() over (
        partition by instrument, response_id, question order by answered_at desc, answer_key desc
    ) > 1 as is_superseded
from answers
