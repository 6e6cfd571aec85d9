-- Every event of the four types in one shape. An event without a time (a record that says not since when) has no place
-- in time, and is not here; neither is what did not reach the customer: a message only planned, or held out, and a note
-- among agents. A view: what is kept of it, the timeline and its versions hold.
{{ config(materialized='view') }}
{% for event in declared_events() %}
select
    '{{ event.entity }}:' || {{ event.id }} as event_id,
    customer_id,
    '{{ event.data_type }}' as data_type,
    '{{ event.entity }}' as entity,
    {{ event.event_type }} as event_type,
    {{ event.occurred_at }} as occurred_at,
    {{ event.business_date }} as business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast({{ event.channel }} as string) as channel,
    cast({{ event.touchpoint }} as string) as touchpoint,
    {{ event.is_identified }} as is_identified,
    {{ event.description }} as description,
    cast({{ event.event_value }} as decimal(18, 4)) as event_value
from {{ ref(event.entity) }}
where {{ event.occurred_at }} is not null
    and {{ event.where }}
{{ 'union all' if not loop.last }}
{% endfor %}
