with answers as (
    select * from {{ loaded_rows(ref('base_survey__answers')) }}
    where comment is not null
)

select
    'survey:' || answer_id as survey_answer_id,
    'survey' as source_system,
    loaded_at,
    comment as comment_text
from answers
