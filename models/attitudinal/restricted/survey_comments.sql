with staged as (
    {{ union_staging('survey_comments') }}
)

select
    survey_answer_id,
    source_system,
    loaded_at,
    comment_text
from staged
