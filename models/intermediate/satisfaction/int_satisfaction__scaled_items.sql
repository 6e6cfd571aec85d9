-- Every scored answer to a question, brought from the question's own scale and direction to 0-100: the one place of
-- that rule, and of what a rating says that its writer meant. What somebody expects, and how hard it was, is scored
-- too, but is no rating of what was lived through.
with survey_answers as (
    select * from {{ ref('survey_answers') }}
),

reviews as (
    select * from {{ ref('reviews') }}
),

survey_items as (
    select * from {{ ref('survey_items') }}
),

-- A review of several orders is one answer, under the last of their keys; one that was changed is two.
answers as (
    select
        survey_answer_id as record_key,
        survey_answer_id as answer_key,
        source_system,
        instrument,
        question,
        invitation_id as response_id,
        customer_id,
        coalesce(customer_id, customer_namespace || ':' || source_customer_id, instrument || ':' || invitation_id)
            as respondent_id,
        occurred_at as answered_at,
        business_date as answered_date,
        touchpoint,
        channel,
        order_id,
        ticket_id,
        cast(null as string) as product_id,
        cast(score as decimal(18, 4)) as score
    from survey_answers

    union all

    select
        review_order_id,
        max(review_order_id) over (partition by instrument, review_id, rating, occurred_at, business_date),
        source_system,
        instrument,
        'rating',
        review_id,
        customer_id,
        coalesce(customer_id, customer_namespace || ':' || source_customer_id, instrument || ':' || review_id),
        occurred_at,
        business_date,
        touchpoint,
        channel,
        order_id,
        cast(null as string),
        product_id,
        cast(rating as decimal(18, 4))
    from reviews
),

scaled as (
    select
        answers.*,
        survey_items.questionnaire,
        survey_items.construct,
        survey_items.phase,
        coalesce(survey_items.touchpoint, answers.touchpoint) as item_touchpoint,
        -- A weight as wide as an integer would leave the product with it fewer places.
        cast(survey_items.weight as decimal(9, 4)) as item_weight,
        -- Decimal, because a sum of doubles depends on the order the engine adds them in; divided as a double, because
        -- an engine may keep six places only of a quotient of decimals.
        cast(
            cast(
                100 * case
                    when survey_items.scale_direction > 0 then answers.score - survey_items.scale_min
                    else survey_items.scale_max - answers.score
                end as double
            ) / (survey_items.scale_max - survey_items.scale_min) as decimal(18, 8)
        ) as item_index
    from answers
    inner join survey_items
        on answers.instrument = survey_items.instrument and answers.question = survey_items.question
    where answers.score is not null
)

select
    record_key,
    answer_key,
    source_system,
    questionnaire,
    instrument,
    question,
    construct,
    response_id,
    customer_id,
    respondent_id,
    answered_at,
    answered_date,
    item_touchpoint as touchpoint,
    channel,
    phase,
    order_id,
    ticket_id,
    product_id,
    score,
    item_weight,
    item_index,
    case
        when construct not in ('satisfaction', 'recommendation', 'contact_satisfaction') then cast(null as string)
        when item_index > 100 * {{ var('rated_positive_above') }} then 'positive'
        when item_index < 100 * {{ var('rated_negative_below') }} then 'negative'
        else 'neutral'
    end as rated_class
from scaled
