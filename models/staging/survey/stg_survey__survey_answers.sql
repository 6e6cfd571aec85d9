with answers as (
    select * from {{ loaded_rows(ref('base_survey__answers')) }}
)

select
    'survey:' || answer_id as survey_answer_id,
    'survey:' || invitation_id as invitation_id,
    'survey' as source_system,
    answer_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    answered_at as occurred_at,
    loaded_at,
    instrument,
    question,
    touchpoint,
    channel,
    cast(score as decimal(9, 2)) as score
from answers
