-- How long each span of a ticket took: by the clock, and of that while its calendar was open. Opening hours from a to b
-- are those until b less those until a, so no span is held against every opening in it.
with spans as (
    select * from {{ ref('int_service__ticket_spans') }}
),

hours as (
    select * from {{ ref('int_service__opening_hours') }}
),

moments as (
    select calendar, started_at as moment_at, cast(started_at as date) as utc_date from spans
    union
    select calendar, ended_at, cast(ended_at as date) from spans
),

-- The pieces of a day follow each other, so the most that any of them says was open is what was open.
open_until as (
    select
        moments.calendar,
        moments.moment_at,
        max(
            hours.open_seconds_before
            + least({{ seconds_between('hours.starts_at', 'moments.moment_at') }}, hours.open_seconds)
        ) as open_seconds
    from moments
    inner join hours
        on moments.calendar = hours.calendar
        and moments.utc_date = hours.utc_date
        and moments.moment_at >= hours.starts_at
    group by moments.calendar, moments.moment_at
)

select
    spans.ticket_id,
    spans.calendar,
    spans.measure,
    spans.started_at,
    spans.ended_at,
    spans.is_ended,
    {{ seconds_between('spans.started_at', 'spans.ended_at') }} as calendar_seconds,
    until_end.open_seconds - until_start.open_seconds as business_seconds
from spans
left join open_until as until_start
    on spans.calendar = until_start.calendar and spans.started_at = until_start.moment_at
left join open_until as until_end
    on spans.calendar = until_end.calendar and spans.ended_at = until_end.moment_at
