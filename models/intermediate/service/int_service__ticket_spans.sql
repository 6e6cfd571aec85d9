-- The spans of time that measures of service are made of, until they ended or, where they have not, the as-of moment.
with cases as (
    select * from {{ ref('int_service__cases') }}
),

events as (
    select * from {{ ref('ticket_events') }}
    where business_date <= {{ as_of_date() }}
),

-- A case begins by its own time, and asks for an answer unless an agent opened it. Being reopened asks for one, too,
-- where the customer did it.
cycles as (
    select
        cases.ticket_id,
        cases.source_system,
        cycles.cycle_number,
        case when cycles.cycle_number = 1 then cases.created_at else cycles.opened_at end as opened_at,
        cycles.reopened_at,
        cycles.reopened_at is null as is_last,
        case
            when cycles.cycle_number = 1 then coalesce(cycles.opened_by, 'customer') <> 'agent'
            else cycles.opened_by = 'customer'
        end as is_asked
    from cases
    inner join {{ ref('int_service__ticket_cycles') }} as cycles on cases.ticket_id = cycles.ticket_id
),

-- What agents write to each other is no message. What a source says of its first reply counts where it has no messages.
comments as (
    select ticket_id, source_system, ticket_comment_id as message_id, author, occurred_at
    from {{ ref('ticket_comments') }}
    where {{ is_public_message() }} and business_date <= {{ as_of_date() }}
),

with_messages as (
    select distinct ticket_id from comments
),

told_replies as (
    select tickets.ticket_id, tickets.source_system, tickets.first_replied_at
    from {{ ref('tickets') }} as tickets
    left join with_messages on tickets.ticket_id = with_messages.ticket_id
    where with_messages.ticket_id is null and tickets.first_replied_at < {{ as_of() }}
),

-- Where a source tells of no answer at all, cases are not unanswered, but nobody knows.
sources_with_replies as (
    select source_system from comments
    union
    select source_system from told_replies
),

messages as (
    select
        cycles.ticket_id,
        cycles.cycle_number,
        '' as message_id,
        'customer' as author,
        cycles.opened_at as occurred_at
    from cycles
    inner join sources_with_replies on cycles.source_system = sources_with_replies.source_system
    where cycles.is_asked

    union all

    select cycles.ticket_id, cycles.cycle_number, comments.message_id, comments.author, comments.occurred_at
    from cycles
    inner join comments
        on cycles.ticket_id = comments.ticket_id
        and (cycles.cycle_number = 1 or cycles.opened_at <= comments.occurred_at)
        and (cycles.reopened_at is null or cycles.reopened_at > comments.occurred_at)

    union all

    select ticket_id, 1, '', 'agent', first_replied_at
    from told_replies
),

-- Who asks again before an answer came has been waiting since the first time; reopening asks anew.
placed as (
    select
        *,
        lag(author) over (
            partition by ticket_id, cycle_number order by occurred_at asc, message_id asc, author desc
        ) as author_before,
        min(case when author = 'agent' then occurred_at end) over (
            partition by ticket_id, cycle_number order by occurred_at asc, message_id asc, author desc
            rows between 1 following and unbounded following
        ) as replied_at
    from messages
),

questions as (
    select
        placed.ticket_id,
        placed.occurred_at as asked_at,
        placed.replied_at,
        cycles.is_last
    from placed
    inner join cycles on placed.ticket_id = cycles.ticket_id and placed.cycle_number = cycles.cycle_number
    where placed.author = 'customer' and coalesce(placed.author_before, 'agent') <> 'customer'
),

first_replies as (
    select ticket_id, min(asked_at) as asked_at, min(replied_at) as replied_at
    from questions
    group by ticket_id
),

first_assignments as (
    select ticket_id, min(occurred_at) as assigned_at
    from events
    where event_type = 'assigned'
    group by ticket_id
),

with_events as (
    select distinct ticket_id from events
),

-- Of what happened at one moment solving comes last, as in the cycles.
statuses as (
    select
        cases.ticket_id,
        cases.created_at as began_at,
        'new' as status,
        0 as turn,
        '' as ticket_event_id
    from cases
    inner join with_events on cases.ticket_id = with_events.ticket_id

    union all

    select
        events.ticket_id,
        events.occurred_at,
        case
            when events.event_type = 'solved' then 'solved'
            when events.event_type = 'reopened' and known.status is null then 'open'
            else known.status
        end as status,
        case when events.event_type = 'solved' or known.status in ('solved', 'closed') then 2 else 1 end as turn,
        events.ticket_event_id
    from events
    left join {{ ref('ticket_statuses') }} as known on events.new_value = known.status
    where events.event_type in ('solved', 'reopened')
        or (events.event_type in ('created', 'status_changed') and known.status is not null)
),

status_spans as (
    select
        ticket_id,
        status,
        began_at,
        lead(began_at) over (partition by ticket_id order by began_at, turn, ticket_event_id) as ended_at
    from statuses
),

waits as (
    select status_spans.ticket_id, named.measure, status_spans.began_at, status_spans.ended_at
    from status_spans
    inner join {{ ref('ticket_statuses') }} as known on status_spans.status = known.status
    inner join (
        values
        ('agent', 'customer_wait'), ('third_party', 'customer_wait'), ('third_party', 'on_hold'),
        ('customer', 'agent_wait')
    ) as named (waits_for, measure) on known.waits_for = named.waits_for
    where status_spans.ended_at is null or status_spans.began_at < status_spans.ended_at
),

spans as (
    select
        cases.ticket_id,
        'first_assignment' as measure,
        cases.created_at as started_at,
        first_assignments.assigned_at as ended_at
    from cases
    left join first_assignments on cases.ticket_id = first_assignments.ticket_id
    where first_assignments.assigned_at is not null or cases.is_open

    union all

    -- Answered or still to be: what was solved without an answer has none.
    select first_replies.ticket_id, 'first_reply', first_replies.asked_at, first_replies.replied_at
    from first_replies
    inner join cases on first_replies.ticket_id = cases.ticket_id
    where first_replies.replied_at is not null or cases.is_open

    union all

    select ticket_id, 'total_reply', asked_at, replied_at
    from questions
    where replied_at is not null

    union all

    select questions.ticket_id, 'awaiting_reply', questions.asked_at, cast(null as timestamp)
    from questions
    inner join cases on questions.ticket_id = cases.ticket_id
    where questions.replied_at is null and questions.is_last and cases.is_open

    union all

    select ticket_id, 'first_resolution', created_at, first_solved_at
    from cases
    where first_solved_at is not null or is_open

    union all

    select ticket_id, 'full_resolution', created_at, last_solved_at
    from cases
    where last_solved_at is not null or is_open

    union all

    select ticket_id, measure, began_at, ended_at
    from waits
)

select
    cases.ticket_id,
    cases.calendar,
    spans.measure,
    spans.started_at,
    greatest(spans.started_at, coalesce(spans.ended_at, {{ as_of() }})) as ended_at,
    spans.ended_at is not null as is_ended
from spans
inner join cases on spans.ticket_id = cases.ticket_id
