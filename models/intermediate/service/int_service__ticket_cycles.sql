-- Each time a support case was open: from its first event, or from being reopened after it was solved, until it was
-- solved (again). Up to the as-of day: what was solved after it is open.
with ticket_events as (
    select
        events.*,
        -- What waits for nobody any more is solved, and what waits for somebody after that is open again, by whichever
        -- event a source says so.
        case
            when events.event_type in ('solved', 'merged') then 'solved'
            when events.event_type = 'reopened' then 'reopened'
            when events.event_type = 'status_changed' and known.waits_for = 'nobody' then 'solved'
            when events.event_type = 'status_changed' and known.waits_for is not null then 'reopened'
        end as turn
    from {{ ref('ticket_events') }} as events
    left join {{ ref('ticket_statuses') }} as known on events.new_value = known.status
    where events.business_date <= {{ as_of_date() }}
),

-- Of what happened at one moment solving comes last: a case is open if it was reopened after it was solved.
ordered as (
    select
        *,
        row_number() over (
            partition by ticket_id
            order by occurred_at, case when turn = 'solved' then 1 else 0 end, ticket_event_id
        ) as event_number
    from ticket_events
),

-- A case that is reopened while it is open stays open: a cycle begins where solving was the last turn.
turns as (
    select
        ticket_id,
        event_number,
        turn,
        lag(turn) over (partition by ticket_id order by event_number) as last_turn
    from ordered
    where turn is not null
),

numbered as (
    select
        ordered.*,
        1 + sum(case when turns.turn = 'reopened' and turns.last_turn = 'solved' then 1 else 0 end) over (
            partition by ordered.ticket_id order by ordered.event_number
            rows between unbounded preceding and current row
        ) as cycle_number
    from ordered
    left join turns
        on ordered.ticket_id = turns.ticket_id and ordered.event_number = turns.event_number
),

begun as (
    select
        *,
        first_value(actor) over (
            partition by ticket_id, cycle_number order by event_number
            rows between unbounded preceding and current row
        ) as opened_by
    from numbered
),

cycles as (
    select
        ticket_id,
        cycle_number,
        max(customer_id) as customer_id,
        min(occurred_at) as opened_at,
        max(opened_by) as opened_by,
        min(case when turn = 'solved' then occurred_at end) as solved_at
    from begun
    group by ticket_id, cycle_number
),

with_events as (
    select distinct ticket_id from ticket_events
),

-- Of what a source tells no events, its record of the case says what it knows: one cycle.
without_events as (
    select
        tickets.ticket_id,
        tickets.customer_id,
        tickets.occurred_at,
        tickets.first_replied_at,
        case when tickets.solved_at < {{ as_of() }} then tickets.solved_at end as solved_at,
        case
            when tickets.solved_at is not null then tickets.solved_at >= {{ as_of() }}
            else known.waits_for <> 'nobody'
        end as is_open
    from {{ ref('tickets') }} as tickets
    left join {{ ref('ticket_statuses') }} as known on tickets.status = known.status
    left join with_events on tickets.ticket_id = with_events.ticket_id
    where with_events.ticket_id is null and tickets.business_date <= {{ as_of_date() }}
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
        and {{ is_public_message('comments.is_public') }}
        and comments.business_date <= {{ as_of_date() }}
    group by bounded.ticket_id, bounded.cycle_number
)

select
    bounded.ticket_id,
    cast(bounded.cycle_number as bigint) as cycle_number,
    bounded.customer_id,
    bounded.opened_at,
    bounded.opened_by,
    replies.first_replied_at,
    bounded.solved_at,
    bounded.reopened_at,
    bounded.solved_at is null as is_open
from bounded
left join replies on bounded.ticket_id = replies.ticket_id and bounded.cycle_number = replies.cycle_number

union all

select
    ticket_id,
    cast(1 as bigint) as cycle_number,
    customer_id,
    occurred_at as opened_at,
    cast(null as string) as opened_by,
    case when first_replied_at < {{ as_of() }} then first_replied_at end as first_replied_at,
    solved_at,
    cast(null as timestamp) as reopened_at,
    is_open
from without_events
