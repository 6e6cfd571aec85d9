-- What happened on each day, by source and kind, straight from staging: what the as-of moment is told from. A message
-- only planned, or held out, did not happen.
{% set entities = [
    'customer_records', 'consents', 'life_events', 'customer_attribute_changes', 'orders', 'payments', 'refunds',
    'subscriptions', 'product_usage', 'survey_answers', 'reviews', 'stated_needs', 'mentions',
    'survey_invitation_events', 'web_events', 'opportunity_events', 'agent_activities', 'ticket_events',
    'ticket_comments',
] %}
{% set columns = {'source_system': 'string', 'source_record_id': 'string', 'occurred_at': 'timestamp'} %}

with messages as (
    {{ staged_columns('message_events', dict(columns, event='string')) }}
),

orders as (
    {{ staged_columns('orders', dict(columns, handed_over_at='timestamp', delivered_at='timestamp')) }}
),

moments as (
    {% for entity in entities %}
    select '{{ entity }}' as entity, source_system, source_record_id, occurred_at
    from (
        {{ staged_columns(entity, columns) }}
    ) as {{ entity }}
    union all
    {% endfor %}
    select 'message_events' as entity, source_system, source_record_id, occurred_at
    from messages
    where event not in ('planned', 'held_out')
    union all
    select 'delivery_events' as entity, source_system, source_record_id, handed_over_at as occurred_at
    from orders
    union all
    select 'delivery_events' as entity, source_system, source_record_id, delivered_at as occurred_at
    from orders
)

select
    source_system,
    entity,
    cast(occurred_at as date) as event_date,
    cast(count(*) as bigint) as event_count,
    min(source_record_id) as example_source_record_id
from moments
where occurred_at is not null
group by source_system, entity, cast(occurred_at as date)
