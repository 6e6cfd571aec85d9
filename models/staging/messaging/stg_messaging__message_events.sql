with message_events as (
    select * from {{ loaded_rows(ref('base_messaging__message_events')) }}
)

select
    'messaging:' || event_id as message_event_id,
    'messaging:' || message_id as message_id,
    'messaging' as source_system,
    event_id as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    occurred_at,
    loaded_at,
    campaign,
    channel,
    event as event_type,
    offer_category,
    currency,
    cost as original_cost_amount
from message_events
