-- Which priority a ticket had from when to when. Before the first change it had what that change says it was, and where
-- nothing was ever changed, what it has now.
with tickets as (
    select * from {{ ref('tickets') }}
    where business_date <= {{ as_of_date() }}
),

priorities as (
    select code from {{ ref('codes') }}
    where entity = 'tickets' and column_name = 'priority'
),

-- A log may write into its changes what is no priority.
changes as (
    select
        events.ticket_id,
        events.occurred_at,
        events.old_value,
        events.new_value,
        row_number() over (partition by events.ticket_id order by events.occurred_at, events.ticket_event_id) as place
    from {{ ref('ticket_events') }} as events
    inner join priorities on events.new_value = priorities.code
    where events.event_type = 'priority_changed' and events.business_date <= {{ as_of_date() }}
),

first_priorities as (
    select
        tickets.ticket_id,
        case when changes.ticket_id is null then tickets.priority else priorities.code end as priority
    from tickets
    left join changes on tickets.ticket_id = changes.ticket_id and changes.place = 1
    left join priorities on changes.old_value = priorities.code
),

began as (
    select ticket_id, cast(null as timestamp) as valid_from, priority, cast(0 as bigint) as place
    from first_priorities
    union all
    select ticket_id, occurred_at, new_value, place
    from changes
)

select
    ticket_id,
    priority,
    valid_from,
    lead(valid_from) over (partition by ticket_id order by place) as valid_to
from began
