-- What one person answered about one construct at one time, on 0-100: the weighted mean of the items, each brought from
-- its own scale and direction to 0-100. A review that speaks of several orders is one response.
with survey_answers as (
    select * from {{ ref('survey_answers') }}
),

reviews as (
    select * from {{ ref('reviews') }}
),

survey_items as (
    select * from {{ ref('survey_items') }}
),

answers as (
    select
        instrument,
        invitation_id as response_id,
        customer_id,
        question,
        cast(score as decimal(18, 4)) as score,
        occurred_at
    from survey_answers
    union all
    select instrument, review_id, max(customer_id), 'rating', min(cast(rating as decimal(18, 4))), min(occurred_at)
    from reviews
    group by instrument, review_id
),

scaled as (
    select
        survey_items.questionnaire,
        answers.instrument,
        answers.response_id,
        answers.customer_id,
        answers.occurred_at,
        answers.score,
        survey_items.construct,
        -- A weight as wide as an integer would leave the product fewer places.
        cast(survey_items.weight as decimal(9, 4)) as weight,
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
)

select
    questionnaire,
    instrument,
    construct,
    response_id,
    max(customer_id) as customer_id,
    max(occurred_at) as answered_at,
    cast(count(*) as bigint) as item_count,
    cast(min(score) as decimal(18, 4)) as lowest_score,
    cast(
        cast(sum(cast(item_index * weight as decimal(26, 8))) as double) / cast(sum(weight) as double)
        as decimal(18, 6)
    ) as response_index
from scaled
group by questionnaire, instrument, construct, response_id
