-- How the customer rated the handling of a ticket: good (1) or bad (0).
with ratings as (
    select * from {{ loaded_rows(ref('base_zendesk__satisfaction_ratings')) }}
    where rating_score is not null
),

tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
)

select
    'zendesk:' || ratings.source_rating_id as survey_answer_id,
    'zendesk:' || ratings.source_rating_id as invitation_id,
    'zendesk' as source_system,
    ratings.source_rating_id as source_record_id,
    tickets.customer_namespace,
    tickets.source_customer_id,
    ratings.rated_at as occurred_at,
    ratings.loaded_at,
    ratings.utc_offset,
    'zendesk_rating' as instrument,
    'rating' as question,
    'support' as touchpoint,
    tickets.channel,
    cast(null as string) as order_id,
    tickets.ticket_id,
    cast(ratings.rating_score as decimal(9, 2)) as score,
    ratings.rating_comment is not null as has_comment
from ratings
left join tickets on ratings.ticket_id = tickets.source_record_id
