-- Row by row of each entity: on the timeline where it has a time before the as-of moment, and nothing else is. What did
-- not reach the customer is no event: a message that was planned or held out, a note among agents.
{% set times = {
    'customer_records': 'occurred_at',
    'customer_attribute_changes': 'occurred_at',
    'consents': 'occurred_at',
    'life_events': 'occurred_at',
    'orders': 'occurred_at',
    'order_lines': 'occurred_at',
    'payments': 'occurred_at',
    'refunds': 'occurred_at',
    'subscriptions': ['occurred_at', 'ended_at'],
    'product_usage': 'occurred_at',
    'stated_needs': 'occurred_at',
    'survey_answers': 'occurred_at',
    'reviews': 'occurred_at',
    'mentions': 'occurred_at',
    'survey_invitation_events': 'occurred_at',
    'message_events': 'occurred_at',
    'web_events': 'occurred_at',
    'opportunity_events': 'occurred_at',
    'agent_activities': 'occurred_at',
    'ticket_events': 'occurred_at',
    'ticket_comments': 'occurred_at',
    'delivery_events': 'occurred_at',
} %}
{% set kept_back = {
    'message_events': "event in ('planned', 'held_out')",
    'ticket_comments': 'not is_public',
} %}

with events_of_types as (
    {% for entity, columns in times.items() %}
    {%- set last_entity = loop.last -%}
    {%- for column in ([columns] if columns is string else columns) %}
    select '{{ entity }}' as entity, source_system, customer_id, {{ column }} as event_at
    from {{ ref(entity) }}
    {% if entity in kept_back %}where ({{ kept_back[entity] }}) is not true{% endif %}
    {{ 'union all' if not (last_entity and loop.last) }}
    {%- endfor %}
    {% endfor %}
),

rows_of_types as (
    select entity, source_system, count(*) as row_count, count(customer_id) as identified_row_count
    from events_of_types
    where event_at < {{ as_of() }}
    group by entity, source_system
),

rows_of_timeline as (
    select entity, source_system, count(*) as row_count, count(customer_id) as identified_row_count
    from {{ ref('customer_timeline') }}
    group by entity, source_system
)

select
    coalesce(rows_of_types.entity, rows_of_timeline.entity) as entity,
    coalesce(rows_of_types.source_system, rows_of_timeline.source_system) as source_system,
    rows_of_types.row_count as rows_of_type,
    rows_of_timeline.row_count as rows_of_timeline,
    rows_of_types.identified_row_count as identified_rows_of_type,
    rows_of_timeline.identified_row_count as identified_rows_of_timeline
from rows_of_types
full outer join rows_of_timeline
    on rows_of_types.entity = rows_of_timeline.entity and rows_of_types.source_system = rows_of_timeline.source_system
where rows_of_types.row_count is distinct from rows_of_timeline.row_count
    or rows_of_types.identified_row_count is distinct from rows_of_timeline.identified_row_count
