-- No day is left out between the first and the last; a year begins and ends with whole months; weeks begin on Mondays.
with days as (
    select
        date_day,
        week_start_date,
        weekday_number,
        lead(date_day) over (order by date_day) as next_day
    from {{ ref('dates') }}
)

select date_day
from days
where {{ days_between('date_day', 'next_day') }} <> 1
    or {{ days_between('week_start_date', 'date_day') }} + 1 <> weekday_number
