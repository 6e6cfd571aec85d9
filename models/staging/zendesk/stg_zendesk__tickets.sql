-- When a ticket was first answered and last solved, its events say.
with tickets as (
    select * from {{ loaded_rows(ref('base_zendesk__tickets')) }}
),

users as (
    select * from {{ loaded_rows(ref('base_zendesk__users')) }}
),

parts as (
    select * from {{ ref('base_zendesk__event_parts') }}
),

replies as (
    select parts.ticket_id, min(parts.occurred_at) as first_replied_at
    from parts
    inner join tickets on parts.ticket_id = tickets.ticket_id
    left join users on parts.author_id = users.source_customer_id
    where parts.part_type = 'Comment'
        and {{ is_public_message('parts.is_public') }}
        and parts.author_id <> tickets.source_customer_id
        and not coalesce(users.is_customer, false)
    group by parts.ticket_id
),

solutions as (
    select ticket_id, max(occurred_at) as solved_at
    from parts
    where part_type in ('Create', 'Change')
        and (status = 'solved' or (status = 'closed' and coalesce(old_value, '') <> 'solved'))
    group by ticket_id
)

select
    'zendesk:' || tickets.ticket_id as ticket_id,
    'zendesk' as source_system,
    tickets.ticket_id as source_record_id,
    'zendesk' as customer_namespace,
    tickets.source_customer_id,
    tickets.created_at as occurred_at,
    tickets.loaded_at,
    tickets.utc_offset,
    -- Zendesk knows no orders, and its categories are fields that each company makes for itself.
    cast(null as string) as order_id,
    tickets.channel,
    cast(null as string) as category,
    tickets.status,
    tickets.priority,
    tickets.agent,
    replies.first_replied_at,
    case when tickets.status in ('solved', 'closed') then solutions.solved_at end as solved_at,
    -- A rating is good or bad, and no score from 1 to 5: it is an answer.
    cast(null as decimal(9, 2)) as satisfaction_score,
    cast(null as timestamp) as satisfaction_rated_at
from tickets
left join replies on tickets.ticket_id = replies.ticket_id
left join solutions on tickets.ticket_id = solutions.ticket_id
