-- What was loaded, and no mart speaks of: it happened after the as-of day.
with clock as (
    select as_of_date from {{ ref('int_clock__as_of') }}
),

events as (
    select
        event_days.*,
        -- Where it happened, the next day had begun.
        event_days.company_date <= clock.as_of_date as is_of_next_day
    from {{ ref('int_clock__event_days') }} as event_days
    inner join clock on event_days.event_date > clock.as_of_date
)

select
    source_system || ':' || entity || case when is_of_next_day then ':next_day' else '' end as events_after_as_of_id,
    source_system,
    entity,
    case
        when is_of_next_day then 'of the next day, which had begun where it happened'
        {% if as_of_day() -%}
        else 'later than CEM_AS_OF'
        {%- else -%}
        when entity = 'life_events' then 'still to come'
        else 'apart from all other events'
        {%- endif %}
    end as reason,
    cast(sum(event_count) as bigint) as event_count,
    min(event_date) as first_date,
    max(event_date) as last_date,
    min_by(example_source_record_id, event_date) as example_source_record_id
from events
group by source_system, entity, is_of_next_day
