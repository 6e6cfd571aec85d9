-- What a customer record says of who the customer is elsewhere: by an address that was confirmed, a loyalty card, or a
-- handle.
with customers as (
    select * from {{ loaded_rows(ref('base_crm__customers')) }}
)

select
    'crm' as source_system,
    'email' as alias_namespace,
    {{ hashed_key('email') }} as alias_customer_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    'email' as link_type
from customers
where is_email_verified and email is not null

union all

select
    'crm' as source_system,
    'loyalty' as alias_namespace,
    {{ hashed_key('loyalty_number') }} as alias_customer_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    'loyalty_number' as link_type
from customers
where loyalty_number is not null

union all

select
    'crm' as source_system,
    'social' as alias_namespace,
    {{ hashed_key('social_handle') }} as alias_customer_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    'handle' as link_type
from customers
where social_handle is not null
