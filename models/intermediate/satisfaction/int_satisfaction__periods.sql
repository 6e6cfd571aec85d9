-- The periods that satisfaction is told of, each with its months: the last 1, 3, 6 and 12 months at every month's end,
-- and quarters of the calendar. What has not ended yet goes to the as-of day.
{% set lengths = [1, 3, 6, 12] %}

with spans as (
    select
        min(occasions.month_date) as first_month_date,
        max(clock.as_of_date) as as_of_date
    from {{ ref('int_satisfaction__occasions') }} as occasions
    cross join {{ ref('int_clock__as_of') }} as clock
),

months as (
    select
        {{ each_month('first_month_date', 'as_of_date') }} as month_date,
        cast(date_trunc('month', as_of_date) as date) as as_of_month_date,
        first_month_date,
        as_of_date
    from spans
    where first_month_date is not null
),

periods as (
    {% for length in lengths -%}
    select
        '{{ length }} {{ 'month' if length == 1 else 'months' }}' as period_type,
        cast(cast(month_date as timestamp) - interval {{ length - 1 }} month as date) as period_start_date,
        month_date as last_month_date,
        first_month_date,
        as_of_date
    from months

    union all
    {% endfor %}
    select
        'quarter',
        cast(date_trunc('quarter', month_date) as date),
        month_date,
        first_month_date,
        as_of_date
    from months
    where extract(month from month_date) in (3, 6, 9, 12) or month_date = as_of_month_date
),

ended as (
    select
        period_type,
        period_start_date,
        last_month_date,
        least(
            cast({{ add_days('cast(last_month_date as timestamp) + interval 1 month', -1) }} as date), as_of_date
        ) as period_end_date
    from periods
    -- A period of which the first part lies before the first answer would be less than it says.
    where period_start_date >= first_month_date
)

select
    period_type,
    period_start_date,
    period_end_date,
    last_month_date,
    cast(
        (extract(year from last_month_date) - extract(year from period_start_date)) * 12
        + extract(month from last_month_date) - extract(month from period_start_date) + 1 as bigint
    ) as month_count,
    {{ each_month('period_start_date', 'last_month_date') }} as month_date
from ended
