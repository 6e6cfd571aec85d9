-- The moment the marts speak of: the end of the day CEM_AS_OF names, or of the last day more than strays speak for.
with last_day as (
    select max(last_date) as event_date
    from {{ ref('int_clock__stretches') }}
    where is_supported
)

select
    {{ add_days("cast(" ~ ("cast('" ~ as_of_day() ~ "' as date)" if as_of_day() else 'event_date')
                ~ " as timestamp)", 1) }} as as_of_at
from last_day
