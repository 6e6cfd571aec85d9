-- How much each source holds of each customer until the as-of moment, entity by entity, and since and until when:
-- straight from the four types, by what they declare of their events, so that nothing has to read the timeline for it.
with events as (
    {% for event in declared_events() %}
    select
        source_system,
        customer_id,
        '{{ event.data_type }}' as data_type,
        '{{ event.entity }}' as entity,
        {{ event.occurred_at }} as occurred_at,
        {{ event.business_date }} as business_date,
        {{ event.is_identified }} as is_identified
    from {{ ref(event.entity) }}
    where {{ event.occurred_at }} is not null
        and {{ event.where }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- What comes after the as-of moment has no time yet. Its row stays: whoever has such rows alone is not met yet.
until_as_of as (
    select
        source_system,
        customer_id,
        data_type,
        entity,
        is_identified,
        case when business_date <= {{ as_of_date() }} then occurred_at end as occurred_at
    from events
)

select
    source_system,
    customer_id,
    data_type,
    entity,
    cast(count(occurred_at) as bigint) as event_count,
    min(occurred_at) as first_event_at,
    min(case when is_identified then occurred_at end) as first_identified_at,
    max(occurred_at) as last_event_at
from until_as_of
group by source_system, customer_id, data_type, entity
