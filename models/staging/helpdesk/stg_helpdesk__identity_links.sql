-- An agent linked the ticket of an address to a customer record.
with tickets as (
    select * from {{ loaded_rows(ref('base_helpdesk__tickets')) }}
)

select distinct
    'helpdesk' as source_system,
    'email' as alias_namespace,
    {{ hashed_key('requester_email') }} as alias_customer_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    'email' as link_type
from tickets
where requester_email is not null and customer_number is not null
