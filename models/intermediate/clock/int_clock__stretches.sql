-- The company's days with events, cut into stretches where nothing happened for much longer than usual, and which of
-- them the as-of day may rest on (docs/decisions/0004): the first, and each later one with as much in it as an average
-- day had before, and more than a few rows. What stands alone after a long silence is a clock gone wrong, until there
-- is more of it. A customer's life goes on outside the company, and its events may be to come: they are not asked.
{% set before = 'order by event_date rows between ' ~ var('as_of_rhythm_days') ~ ' preceding and 1 preceding' %}

with days as (
    select company_date as event_date, cast(sum(event_count) as bigint) as event_count
    from {{ ref('int_clock__event_days') }}
    where entity <> 'life_events'
    group by company_date
),

paused as (
    select
        event_date,
        event_count,
        {{ days_between('lag(event_date) over (order by event_date)', 'event_date') }} as pause_days
    from days
),

compared as (
    select
        *,
        max(pause_days) over ({{ before }}) as usual_pause_days,
        count(*) over ({{ before }}) as day_count_before,
        sum(event_count) over ({{ before }}) as event_count_before
    from paused
),

cut as (
    select
        *,
        sum(case
            when day_count_before = {{ var('as_of_rhythm_days') }}
                and pause_days > greatest({{ var('as_of_pause_days') }}, 2 * usual_pause_days)
                then 1
            else 0
        end) over (order by event_date rows between unbounded preceding and current row) as stretch_number
    from compared
),

stretches as (
    select
        stretch_number,
        min(event_date) as first_date,
        max(event_date) as last_date,
        cast(sum(event_count) as bigint) as event_count,
        min_by(event_count_before, event_date) as event_count_before
    from cut
    group by stretch_number
)

select
    cast(stretch_number as bigint) as stretch_number,
    first_date,
    last_date,
    event_count,
    stretch_number = 0 or (
        event_count >= {{ var('as_of_least_events') }}
        and event_count * {{ var('as_of_rhythm_days') }} >= event_count_before
    ) as is_supported
from stretches
