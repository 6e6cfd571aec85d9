-- Every calendar day from the first year of an event to the year of the as-of date. What is joined to it shows a day,
-- week or month without anything as a gap.
with bounds as (
    select
        cast(date_trunc('year', min(event_date)) as date) as first_date,
        cast(cast(date_trunc('year', max(as_of_date)) as timestamp) + interval 12 month as date) as end_date
    from (
        select event_date, {{ as_of_date() }} as as_of_date
        from {{ ref('int_clock__event_days') }}
    ) as event_days
    where event_date <= as_of_date
),

days as (
    select {{ each_day('first_date', 'end_date') }} as date_day
    from bounds
    where first_date is not null
),

weeks as (
    select date_day, cast(date_trunc('week', date_day) as date) as week_start_date
    from days
)

select
    date_day,
    week_start_date,
    cast(date_trunc('month', date_day) as date) as month_date,
    cast(date_trunc('quarter', date_day) as date) as quarter_start_date,
    cast(extract(year from date_day) as bigint) as year_number,
    cast(extract(month from date_day) as bigint) as month_number,
    cast({{ days_between('week_start_date', 'date_day') }} as bigint) + 1 as weekday_number,
    {{ days_between('week_start_date', 'date_day') }} >= 5 as is_weekend,
    date_day <= {{ as_of_date() }} as is_until_as_of
from weeks
