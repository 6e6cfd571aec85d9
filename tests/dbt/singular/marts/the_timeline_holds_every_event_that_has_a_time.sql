-- Row by row of each entity: on the timeline where its day is not after the as-of day, and nothing else is. What did
-- not reach the customer is no event: a message that was planned or held out, a note among agents.
{% set entities = [
    'customer_records', 'customer_attribute_changes', 'consents', 'life_events', 'orders', 'order_lines', 'payments',
    'refunds', 'subscriptions', 'product_usage', 'stated_needs', 'survey_answers', 'reviews', 'mentions',
    'survey_invitation_events', 'message_events', 'web_events', 'opportunity_events', 'agent_activities',
    'ticket_events', 'ticket_comments', 'delivery_events',
] %}
{% set kept_back = {
    'message_events': "event_type in ('planned', 'held_out')",
    'ticket_comments': 'not is_public',
} %}

with events_of_types as (
    {% for entity in entities %}
    select '{{ entity }}' as entity, source_system, customer_id, business_date
    from {{ ref(entity) }}
    where business_date is not null {{- ' and (' ~ kept_back[entity] ~ ') is not true' if entity in kept_back }}
    union all
    {% endfor %}
    select
        'subscriptions' as entity,
        source_system,
        customer_id,
        {{ local_date('ended_at', 'time_zone') }} as business_date
    from {{ ref('subscriptions') }}
    where ended_at is not null
),

rows_of_types as (
    select entity, source_system, count(*) as row_count, count(customer_id) as identified_row_count
    from events_of_types
    where business_date <= {{ as_of_date() }}
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
