-- An answer to a question that seeds/satisfaction/survey_items.csv lacks would count nowhere; one outside its scale
-- would bend the index.
with answers as (
    select source_system, source_record_id, instrument, question, cast(score as decimal(18, 4)) as score
    from {{ ref('survey_answers') }}
    union all
    -- A review answers one question, called rating.
    select source_system, source_record_id, instrument, 'rating' as question, cast(rating as decimal(18, 4)) as score
    from {{ ref('reviews') }}
),

items as (
    select * from {{ ref('survey_items') }}
)

select
    answers.source_system,
    answers.instrument,
    answers.question,
    answers.score,
    items.scale_min,
    items.scale_max,
    count(*) as row_count,
    min(answers.source_record_id) as example_record_id
from answers
left join items on answers.instrument = items.instrument and answers.question = items.question
where items.instrument is null
    or answers.score is null
    or answers.score < items.scale_min
    or answers.score > items.scale_max
group by
    answers.source_system, answers.instrument, answers.question, answers.score, items.scale_min, items.scale_max
