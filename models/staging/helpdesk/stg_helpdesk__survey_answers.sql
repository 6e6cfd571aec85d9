-- How the customer rated the handling of a ticket. A ticket is rated once, so it stands for the response.
with tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
    where satisfaction_score is not null
)

select
    ticket_id || ':rating' as survey_answer_id,
    ticket_id as invitation_id,
    source_system,
    source_record_id || ':rating' as source_record_id,
    customer_namespace,
    source_customer_id,
    satisfaction_rated_at as occurred_at,
    loaded_at,
    satisfaction_utc_offset as utc_offset,
    'ticket_rating' as instrument,
    'rating' as question,
    'support' as touchpoint,
    channel,
    order_id,
    ticket_id,
    satisfaction_score as score,
    false as has_comment
from tickets
