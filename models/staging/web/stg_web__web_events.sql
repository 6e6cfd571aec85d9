-- What happened on the web site and in the app. Each numbers its events for itself, so a key says whose it is.
with events as (
    {% for table, channel in {'events': 'web', 'app_events': 'app'}.items() %}
    select
        '{{ channel }}' as channel,
        '{{ table }}:' || event_id as source_record_id,
        anonymous_id,
        account_id,
        event as event_type,
        occurred_at,
        loaded_at,
        page,
        source_product_id,
        category,
        utm_source,
        utm_medium,
        utm_campaign,
        device
    from {{ loaded_rows(ref('base_web__' ~ table)) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    'web:' || source_record_id as web_event_id,
    'web' as source_system,
    source_record_id,
    -- From the login on, the tracking knows the shop's account; before, only the device.
    case when account_id is not null then 'shop' else 'web_device' end as customer_namespace,
    coalesce(account_id, anonymous_id) as source_customer_id,
    occurred_at,
    loaded_at,
    anonymous_id,
    account_id,
    account_id is not null as is_identified,
    channel,
    device,
    event_type,
    page,
    'shop:' || source_product_id as product_id,
    category,
    utm_source,
    utm_medium,
    utm_campaign
from events
