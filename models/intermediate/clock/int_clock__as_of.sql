-- The moment the marts speak of: the end of the day CEM_AS_OF names, or of the last day on which anything happened.
with last_event as (
    select max(occurred_at) as occurred_at from {{ ref('int_timeline__events') }}
)

select
    {{ add_days("cast(" ~ ("cast('" ~ env_var('CEM_AS_OF') ~ "' as date)" if env_var('CEM_AS_OF', '')
                           else 'date_trunc(\'day\', occurred_at)') ~ " as timestamp)", 1) }} as as_of_at
from last_event
