-- Row by row of each entity: on the timeline where it has a time before the as-of moment, and nothing else is.
{% set entities = [
    'customer_records', 'consents', 'orders', 'order_lines', 'payments', 'refunds', 'survey_answers', 'reviews',
    'survey_invitation_events', 'message_events', 'web_events', 'opportunity_events', 'delivery_events',
] %}

with rows_of_types as (
    {% for entity in entities %}
    select '{{ entity }}' as entity, source_system, count(*) as row_count, count(customer_id) as identified_row_count
    from {{ ref(entity) }}
    where occurred_at < {{ as_of() }}
    group by source_system
    {{ 'union all' if not loop.last }}
    {% endfor %}
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
