-- What the marts speak of: all business days up to and including the one CEM_AS_OF names, or the last that more than
-- strays speak for. The moment that goes with it is the one at which that day was over in every zone that something had
-- happened in, and in the company's: whatever counts has happened by then.
with last_day as (
    select max(last_date) as event_date
    from {{ ref('int_clock__stretches') }}
    where is_supported
),

as_of_day as (
    select
        as_of_date,
        {{ add_days('cast(as_of_date as timestamp)', 1) }} as next_day_at
    from (
        select {{ "cast('" ~ as_of_day() ~ "' as date)" if as_of_day() else 'event_date' }} as as_of_date
        from last_day
    ) as asked_for
),

zones as (
    select event_days.time_zone
    from {{ ref('int_clock__event_days') }} as event_days
    inner join as_of_day on event_days.event_date <= as_of_day.as_of_date
    union
    select '{{ var("company_time_zone") }}' as time_zone
)

select
    as_of_day.as_of_date,
    max({{ to_utc('as_of_day.next_day_at', zone_column='zones.time_zone') }}) as as_of_at,
    cast(date_trunc('month', as_of_day.next_day_at) as date) as open_month_date
from as_of_day
cross join zones
group by as_of_day.as_of_date, as_of_day.next_day_at
