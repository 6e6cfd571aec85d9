{{ config(meta={'incremental': {
    'key': ['message_event_id'],
    'inputs': {'message_events': ['message_event_id']},
    'lookups': {
        'int_identity__customer_keys': ['customer_namespace', 'source_customer_id'],
        'int_money__exchange_rates': {'currency': 'currency', 'business_date': 'rate_date'},
    },
}}) }}

with staged as (
    {{ union_staging('message_events', computed=['customer_id', 'cost_amount']) }}
)

select
    staged.message_event_id,
    staged.message_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.campaign,
    staged.channel,
    staged.event_type,
    staged.offer_category,
    staged.currency,
    staged.original_cost_amount,
    {{ in_base_currency('staged.original_cost_amount', 'staged.currency') }} as cost_amount
from staged
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
