-- What one person answered about one construct at one time, on 0-100: the weighted mean of the items, each brought from
-- its own scale and direction to 0-100. An answer that was changed counts as it is now.
with answers as (
    select * from {{ ref('int_satisfaction__answers') }}
),

survey_items as (
    select * from {{ ref('survey_items') }}
),

scaled as (
    select
        survey_items.questionnaire,
        answers.instrument,
        answers.response_id,
        answers.customer_id,
        answers.answered_at,
        answers.answered_date,
        answers.is_superseded,
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
),

changed as (
    select instrument, construct, response_id, count(*) as superseded_count
    from scaled
    where is_superseded
    group by instrument, construct, response_id
),

counted as (
    select
        questionnaire,
        instrument,
        construct,
        response_id,
        max(customer_id) as customer_id,
        max(answered_at) as answered_at,
        max(answered_date) as answered_date,
        count(*) as item_count,
        min(score) as lowest_score,
        cast(sum(cast(item_index * weight as decimal(26, 8))) as double) / cast(sum(weight) as double) as response_index
    from scaled
    where not is_superseded
    group by questionnaire, instrument, construct, response_id
)

select
    counted.questionnaire,
    counted.instrument,
    counted.construct,
    counted.response_id,
    counted.customer_id,
    counted.answered_at,
    counted.answered_date,
    cast(counted.item_count as bigint) as item_count,
    cast(coalesce(changed.superseded_count, 0) as bigint) as superseded_count,
    cast(counted.lowest_score as decimal(18, 4)) as lowest_score,
    cast(counted.response_index as decimal(18, 6)) as response_index
from counted
left join changed
    on counted.instrument = changed.instrument
    and counted.construct = changed.construct
    and counted.response_id = changed.response_id
