with staged as (
    {{ union_staging('survey_answers', computed=['customer_id']) }}
)

select
    staged.survey_answer_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.loaded_at,
    staged.invitation_id,
    staged.instrument,
    staged.question,
    staged.touchpoint,
    staged.channel,
    staged.score
from staged
{{ customer_join('staged') }}
