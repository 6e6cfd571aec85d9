-- Every key that a source uses for a customer, wherever it stands: in a record, an order, an answer, an event.
with records as (
    {% for entity in ['customer_records', 'orders', 'refunds', 'consents', 'survey_invitation_events', 'survey_answers',
                      'message_events', 'opportunity_events', 'web_events'] -%}
    {%- for source in enabled_sources() if entity in var('sources')[source] -%}
    select customer_namespace, source_customer_id from {{ ref('stg_' ~ source ~ '__' ~ entity) }}
    union all
    {% endfor -%}
    {%- endfor -%}
    select cast(null as string) as customer_namespace, cast(null as string) as source_customer_id
    where false
)

select distinct customer_namespace, source_customer_id
from records
where source_customer_id is not null
