-- Which of the four types of customer data each source delivers, and how fresh: an empty type shows as an empty row.
with events as (
    select * from {{ ref('int_timeline__events') }}
    where business_date <= {{ as_of_date() }}
),

sources as (
    {% for source in enabled_sources() -%}
    select '{{ source }}' as source_system{{ ' union all' if not loop.last }}
    {% endfor %}
),

data_types as (
    select 'descriptive' as data_type
    union all
    select 'behavioural'
    union all
    select 'attitudinal'
    union all
    select 'interaction'
)

select
    sources.source_system || ':' || data_types.data_type as data_coverage_id,
    sources.source_system,
    data_types.data_type,
    cast(count(events.event_id) as bigint) as event_count,
    cast(count(distinct events.customer_id) as bigint) as customer_count,
    min(events.occurred_at) as first_event_at,
    max(events.occurred_at) as last_event_at
from sources
cross join data_types
left join events
    on sources.source_system = events.source_system and data_types.data_type = events.data_type
group by sources.source_system, data_types.data_type
