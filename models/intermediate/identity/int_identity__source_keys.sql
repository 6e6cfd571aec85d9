-- Every key that a source uses for a customer, wherever it stands: in a record, an order, an answer, an event.
{%- set entities = [
    'agent_activities',
    'consents',
    'customer_attribute_changes',
    'customer_records',
    'life_events',
    'mentions',
    'message_events',
    'opportunity_events',
    'orders',
    'product_usage',
    'refunds',
    'reviews',
    'stated_needs',
    'subscriptions',
    'survey_answers',
    'survey_invitation_events',
    'ticket_comments',
    'ticket_events',
    'tickets',
    'web_events',
] %}
with records as (
    {% for entity in entities -%}
    {%- for source in enabled_sources() if entity in var('sources')[source] -%}
    select customer_namespace, source_customer_id from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
    union
    {% endfor -%}
    {%- endfor -%}
    select cast(null as string) as customer_namespace, cast(null as string) as source_customer_id
    where false
)

select customer_namespace, source_customer_id
from records
where source_customer_id is not null
