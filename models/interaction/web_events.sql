-- A visit belongs to the customer who logs in on that device later, too: identification restates history.
{{ config(meta={'incremental': {
    'key': ['web_event_id'],
    'inputs': {'web_events': ['web_event_id'], 'int_sessions__event_sessions': ['web_event_id']},
    'lookups': {'int_identity__customer_keys': ['customer_namespace', 'source_customer_id']},
}}) }}

with staged as (
    {{ union_staging('web_events', computed=['customer_id', 'session_id']) }}
)

select
    staged.web_event_id,
    event_sessions.session_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.anonymous_id,
    staged.account_id,
    staged.is_identified,
    staged.channel,
    staged.device,
    staged.event_type,
    staged.page,
    staged.product_id,
    staged.category,
    staged.utm_source,
    staged.utm_medium,
    staged.utm_campaign
from staged
{{ customer_join('staged') }}
left join {{ ref('int_sessions__event_sessions') }} as event_sessions
    on staged.web_event_id = event_sessions.web_event_id
