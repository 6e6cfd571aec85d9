-- A customer who confirmed an address is who that address stands for.
with customers as (
    select * from {{ loaded_rows(ref('base_shopify__customers')) }}
)

select
    'shopify' as source_system,
    'email' as alias_namespace,
    {{ hashed_key('email') }} as alias_customer_id,
    'shopify' as customer_namespace,
    source_customer_id,
    'email' as link_type
from customers
where is_email_verified and email is not null
