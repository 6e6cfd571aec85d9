-- A device on which somebody logged in is that customer's.
with events as (
    select * from {{ loaded_rows(ref('base_web__events')) }}
    where customer_number is not null
)

select distinct
    'web' as source_system,
    'web_device' as alias_namespace,
    anonymous_id as alias_customer_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id
from events
