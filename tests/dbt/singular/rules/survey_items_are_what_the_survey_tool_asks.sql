-- seeds/satisfaction/survey_items.csv is the one place of scales. What the survey tool says of a question must be the
-- same, and a question that it asks must be there: a scale changed in the tool alone would bend an index silently.
with asked as (
    {{ staged_columns('survey_questions', {
        'instrument': 'string', 'question': 'string', 'construct': 'string', 'scale_min': 'bigint', 'scale_max': 'bigint',
        'scale_direction': 'bigint', 'touchpoint': 'string', 'phase': 'string',
    }) }}
),

items as (
    select * from {{ ref('survey_items') }}
)

select
    asked.*,
    items.construct as construct_here,
    items.scale_min as scale_min_here,
    items.scale_max as scale_max_here,
    items.scale_direction as scale_direction_here,
    items.touchpoint as touchpoint_here,
    items.phase as phase_here
from asked
left join items on asked.instrument = items.instrument and asked.question = items.question
where items.instrument is null
    or asked.construct <> items.construct
    or asked.scale_min <> items.scale_min
    or asked.scale_max <> items.scale_max
    or asked.scale_direction <> items.scale_direction
    or asked.touchpoint is distinct from items.touchpoint
    or asked.phase is distinct from items.phase
