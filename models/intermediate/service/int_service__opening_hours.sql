-- When each calendar of the service desk is open, in pieces that lie within one day of UTC, and how long it was open
-- before: so the business time until any moment is one look-up by its day, and that between two moments a difference.
-- Local hours become moments day by day, so a day on which clocks change has the hours that it has.
with hours as (
    select
        *,
        coalesce(time_zone, '{{ var("company_time_zone") }}') as zone,
        cast(substr(opens, 1, 2) as int) * 60 + cast(substr(opens, 4, 2) as int) as opening_minute,
        cast(substr(closes, 1, 2) as int) * 60 + cast(substr(closes, 4, 2) as int) as closing_minute
    from {{ ref('service_calendar_hours') }}
),

holidays as (
    select * from {{ ref('service_holidays') }}
),

days_of_tickets as (
    select
        min(tickets.business_date) as first_date,
        max(clock.as_of_date) as last_date
    from {{ ref('tickets') }} as tickets
    cross join {{ ref('int_clock__as_of') }} as clock
),

-- A day of a calendar reaches into the days of UTC before and after it.
bounds as (
    select
        cast({{ add_days('cast(first_date as timestamp)', -2) }} as date) as first_date,
        cast({{ add_days('cast(last_date as timestamp)', 3) }} as date) as end_date
    from days_of_tickets
),

days as (
    select {{ each_day('first_date', 'end_date') }} as date_day
    from bounds
    where first_date < end_date
),

weekdays as (
    select
        date_day,
        {{ days_between("date_trunc('week', date_day)", 'date_day') }} + 1 as weekday,
        cast(date_day as timestamp) as midnight
    from days
),

openings as (
    select
        hours.calendar,
        {{ to_utc(add_minutes('weekdays.midnight', 'hours.opening_minute'), zone_column='hours.zone') }} as opens_at,
        {{ to_utc(
            add_minutes(
                'weekdays.midnight',
                'hours.closing_minute + case when hours.closing_minute > hours.opening_minute then 0 else 1440 end'
            ),
            zone_column='hours.zone'
        ) }} as closes_at
    from hours
    inner join weekdays
        on hours.weekday = weekdays.weekday
        and weekdays.date_day >= coalesce(hours.valid_from, weekdays.date_day)
        and weekdays.date_day <= coalesce(hours.valid_to, weekdays.date_day)
    left join holidays on hours.calendar = holidays.calendar and weekdays.date_day = holidays.holiday_date
    where holidays.calendar is null
),

-- An opening of up to 25 hours lies in three days of UTC at most: its first, and the two after it.
days_of_openings as (
    select openings.*, later.day_count
    from openings
    cross join (values (0), (1), (2)) as later (day_count)
),

laid_out as (
    select
        *,
        cast({{ add_days("date_trunc('day', opens_at)", 'day_count') }} as date) as utc_date
    from days_of_openings
),

pieces as (
    select
        laid_out.calendar,
        laid_out.utc_date,
        greatest(laid_out.opens_at, weekdays.midnight) as starts_at,
        least(laid_out.closes_at, {{ add_days('weekdays.midnight', 1) }}) as ends_at
    from laid_out
    inner join weekdays on laid_out.utc_date = weekdays.date_day
),

-- Each day begins with a piece of no length, so that every moment has one before it.
all_pieces as (
    select
        calendar,
        utc_date,
        starts_at,
        {{ seconds_between('starts_at', 'ends_at') }} as open_seconds
    from pieces
    where starts_at < ends_at

    union all

    select
        calendars.calendar,
        weekdays.date_day,
        weekdays.midnight,
        cast(0 as bigint)
    from (select distinct calendar from hours) as calendars
    cross join weekdays
)

select
    calendar,
    utc_date,
    starts_at,
    open_seconds,
    cast(
        coalesce(sum(open_seconds) over (
            partition by calendar order by starts_at, open_seconds
            rows between unbounded preceding and 1 preceding
        ), 0) as bigint
    ) as open_seconds_before
from all_pieces
