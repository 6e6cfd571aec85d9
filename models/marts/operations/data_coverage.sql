-- Which of the four types of customer data each source delivers, and how fresh: an empty type shows as an empty row.
with held as (
    select * from {{ ref('int_coverage__customer_events') }}
    where event_count > 0
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
    cast(coalesce(sum(held.event_count), 0) as bigint) as event_count,
    cast(count(distinct held.customer_id) as bigint) as customer_count,
    min(held.first_event_at) as first_event_at,
    max(held.last_event_at) as last_event_at
from sources
cross join data_types
left join held
    on sources.source_system = held.source_system and data_types.data_type = held.data_type
group by sources.source_system, data_types.data_type
