-- What the survey tool says of its questions. It feeds no type: seeds/satisfaction/survey_items.csv is held against it.
with questions as (
    select * from {{ loaded_rows(ref('base_survey__questions')) }}
)

select
    'survey' as source_system,
    loaded_at,
    instrument,
    question,
    construct,
    scale_min,
    scale_max,
    scale_direction,
    touchpoint,
    phase,
    valid_from_at
from questions
