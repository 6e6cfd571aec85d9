-- What happened on each business day, by source, kind and time zone, and on which day of the company's calendar that
-- was: straight from staging, what the as-of day is told from. A message only planned, or held out, did not happen.
{% set entities = [
    'customer_records', 'consents', 'life_events', 'customer_attribute_changes', 'orders', 'payments', 'refunds',
    'subscriptions', 'product_usage', 'survey_answers', 'reviews', 'stated_needs', 'mentions',
    'survey_invitation_events', 'web_events', 'opportunity_events', 'agent_activities', 'ticket_events',
    'ticket_comments',
] %}
{% set columns = {'source_system': 'string', 'source_record_id': 'string', 'time_zone': 'string',
                  'business_date': 'date', 'occurred_at': 'timestamp'} %}
{% set deliveries = {'source_system': 'string', 'source_record_id': 'string', 'time_zone': 'string',
                     'handed_over_at': 'timestamp', 'delivered_at': 'timestamp'} %}

with messages as (
    {{ staged_columns('message_events', dict(columns, event_type='string')) }}
),

orders as (
    {{ staged_columns('orders', deliveries) }}
),

moments as (
    {% for entity in entities %}
    select '{{ entity }}' as entity, source_system, source_record_id, time_zone, business_date, occurred_at
    from (
        {{ staged_columns(entity, columns) }}
    ) as {{ entity }}
    union all
    {% endfor %}
    select 'message_events' as entity, source_system, source_record_id, time_zone, business_date, occurred_at
    from messages
    where {{ message_has_happened() }}
    union all
    select
        'delivery_events' as entity,
        source_system,
        source_record_id,
        time_zone,
        {{ local_date('handed_over_at', 'time_zone') }} as business_date,
        handed_over_at as occurred_at
    from orders
    union all
    select
        'delivery_events' as entity,
        source_system,
        source_record_id,
        time_zone,
        {{ local_date('delivered_at', 'time_zone') }} as business_date,
        delivered_at as occurred_at
    from orders
)

select
    source_system,
    entity,
    time_zone,
    business_date as event_date,
    {{ local_date('occurred_at') }} as company_date,
    cast(count(*) as bigint) as event_count,
    min(source_record_id) as example_source_record_id
from moments
where business_date is not null
group by source_system, entity, time_zone, business_date, {{ local_date('occurred_at') }}
