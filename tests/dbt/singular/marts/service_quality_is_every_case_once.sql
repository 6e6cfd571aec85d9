-- Each case until the as-of day has one row, or was merged into another; and none has more time in its calendar's hours
-- than by the clock.
with cases as (
    select * from {{ ref('service_quality') }}
),

merged as (
    select distinct ticket_id from {{ ref('ticket_events') }}
    where event_type = 'merged' and business_date <= {{ as_of_date() }}
),

tickets as (
    select * from {{ ref('tickets') }}
    where business_date <= {{ as_of_date() }}
)

select
    tickets.ticket_id,
    cases.first_reply_minutes,
    cases.full_resolution_minutes
from tickets
left join cases on tickets.ticket_id = cases.ticket_id
left join merged on tickets.ticket_id = merged.ticket_id
where (cases.ticket_id is null and merged.ticket_id is null)
    or (cases.ticket_id is not null and merged.ticket_id is not null)
    or (cases.ticket_id is not null and cases.calendar is null)
    or cases.first_reply_business_minutes > cases.first_reply_minutes
    or cases.full_resolution_business_minutes > cases.full_resolution_minutes
    or cases.first_reply_business_minutes < 0
    or cases.first_resolution_minutes > cases.full_resolution_minutes
