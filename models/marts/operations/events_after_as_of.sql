-- What was loaded, and no mart speaks of: it happened after the as-of day.
with event_days as (
    select * from {{ ref('int_clock__event_days') }}
    where event_date > {{ as_of_date() }}
)

select
    source_system || ':' || entity as events_after_as_of_id,
    source_system,
    entity,
    {% if as_of_day() -%}
    'later than CEM_AS_OF'
    {%- else -%}
    case when entity = 'life_events' then 'still to come' else 'apart from all other events' end
    {%- endif %} as reason,
    cast(sum(event_count) as bigint) as event_count,
    min(event_date) as first_date,
    max(event_date) as last_date,
    min_by(example_source_record_id, event_date) as example_source_record_id
from event_days
group by source_system, entity
