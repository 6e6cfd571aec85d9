-- An hour that two rows of seeds/service/service_calendar_hours.csv hold open would count twice.
select
    calendar,
    starts_at,
    open_seconds,
    next_starts_at
from (
    select
        calendar,
        starts_at,
        open_seconds,
        lead(starts_at) over (partition by calendar order by starts_at, open_seconds) as next_starts_at
    from {{ ref('int_service__opening_hours') }}
) as pieces
where {{ seconds_between('starts_at', 'next_starts_at') }} < open_seconds
