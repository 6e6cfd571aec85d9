-- A device on which somebody logged in is that account's.
with site_events as (
    select * from {{ loaded_rows(ref('base_web__events')) }}
),

app_events as (
    select * from {{ loaded_rows(ref('base_web__app_events')) }}
),

events as (
    select anonymous_id, account_id from site_events
    union all
    select anonymous_id, account_id from app_events
)

select distinct
    'web' as source_system,
    'web_device' as alias_namespace,
    anonymous_id as alias_customer_id,
    'shop' as customer_namespace,
    account_id as source_customer_id,
    'device' as link_type
from events
where account_id is not null
