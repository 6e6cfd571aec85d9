-- Each time a support case was open: from its first event, or from being reopened after it was solved, until it was
-- solved (again). Up to the as-of day: what was solved after it is open.
with ticket_events as (
    select
        *,
        -- Of what happened at one moment solving comes last: a case is open if it was reopened after it was solved.
        row_number() over (
            partition by ticket_id
            order by occurred_at, case when event_type = 'solved' then 1 else 0 end, ticket_event_id
        ) as event_number
    from {{ ref('ticket_events') }}
    where business_date <= {{ as_of_date() }}
),

-- A case that is reopened while it is open stays open: a cycle begins where solving was the last turn.
turns as (
    select
        ticket_id,
        event_number,
        event_type,
        lag(event_type) over (partition by ticket_id order by event_number) as last_turn
    from ticket_events
    where event_type in ('solved', 'reopened')
),

numbered as (
    select
        ticket_events.*,
        1 + sum(case when turns.event_type = 'reopened' and turns.last_turn = 'solved' then 1 else 0 end) over (
            partition by ticket_events.ticket_id order by ticket_events.event_number
            rows between unbounded preceding and current row
        ) as cycle_number
    from ticket_events
    left join turns
        on ticket_events.ticket_id = turns.ticket_id and ticket_events.event_number = turns.event_number
),

cycles as (
    select
        ticket_id,
        cycle_number,
        max(customer_id) as customer_id,
        min(occurred_at) as opened_at,
        min(case when event_type = 'solved' then occurred_at end) as solved_at
    from numbered
    group by ticket_id, cycle_number
),

bounded as (
    select
        *,
        lead(opened_at) over (partition by ticket_id order by cycle_number) as reopened_at
    from cycles
),

-- An answer that only agents read is none; one that follows the solution answers what it solved.
replies as (
    select
        bounded.ticket_id,
        bounded.cycle_number,
        min(comments.occurred_at) as first_replied_at
    from bounded
    inner join {{ ref('ticket_comments') }} as comments
        on bounded.ticket_id = comments.ticket_id
        and bounded.opened_at <= comments.occurred_at
        and (bounded.reopened_at is null or bounded.reopened_at > comments.occurred_at)
    where
        comments.author = 'agent'
        and comments.is_public
        and comments.business_date <= {{ as_of_date() }}
    group by bounded.ticket_id, bounded.cycle_number
)

select
    bounded.ticket_id,
    cast(bounded.cycle_number as bigint) as cycle_number,
    bounded.customer_id,
    bounded.opened_at,
    replies.first_replied_at,
    bounded.solved_at,
    bounded.reopened_at,
    bounded.solved_at is null as is_open
from bounded
left join replies on bounded.ticket_id = replies.ticket_id and bounded.cycle_number = replies.cycle_number
