with answers as (
    select * from {{ loaded_rows(ref('base_survey__answers')) }}
),

invitations as (
    select * from {{ loaded_rows(ref('base_survey__invitations')) }}
)

select
    'survey:' || answers.answer_id as survey_answer_id,
    'survey:' || answers.invitation_id as invitation_id,
    'survey' as source_system,
    answers.answer_id as source_record_id,
    'crm' as customer_namespace,
    invitations.customer_number as source_customer_id,
    answers.answered_at as occurred_at,
    answers.loaded_at,
    answers.utc_offset,
    answers.instrument,
    answers.question,
    invitations.touchpoint,
    invitations.channel,
    'shop:' || invitations.source_order_id as order_id,
    cast(null as string) as ticket_id,
    cast(answers.score as decimal(9, 2)) as score,
    answers.comment is not null as has_comment
from answers
left join invitations on answers.invitation_id = invitations.invitation_id
