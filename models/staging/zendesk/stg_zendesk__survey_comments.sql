with ratings as (
    select * from {{ loaded_rows(ref('base_zendesk__satisfaction_ratings')) }}
    where rating_score is not null and rating_comment is not null
)

select
    'zendesk:' || source_rating_id as survey_answer_id,
    'zendesk' as source_system,
    loaded_at,
    rating_comment as comment_text
from ratings
