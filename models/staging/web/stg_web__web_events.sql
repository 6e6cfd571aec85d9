with events as (
    select * from {{ loaded_rows(ref('base_web__events')) }}
)

select
    'web:' || event_id as web_event_id,
    'web' as source_system,
    event_id as source_record_id,
    -- From the login on, the tracking knows the CRM's number; before, only the device.
    case when customer_number is not null then 'crm' else 'web_device' end as customer_namespace,
    coalesce(customer_number, anonymous_id) as source_customer_id,
    occurred_at,
    loaded_at,
    anonymous_id,
    customer_number is not null as is_identified,
    event,
    page,
    'shop:' || source_product_id as product_id,
    campaign_channel
from events
