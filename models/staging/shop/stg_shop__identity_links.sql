-- What an account says of who the customer is elsewhere: in the CRM, by an address that was confirmed, a loyalty card.
with accounts as (
    select * from {{ loaded_rows(ref('base_shop__accounts')) }}
)

select
    'shop' as source_system,
    'shop' as alias_namespace,
    account_id as alias_customer_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    'user_id' as link_type
from accounts
where customer_number is not null

union all

select
    'shop' as source_system,
    'email' as alias_namespace,
    {{ hashed_key('email') }} as alias_customer_id,
    'shop' as customer_namespace,
    account_id as source_customer_id,
    'email' as link_type
from accounts
where is_email_verified and email is not null

union all

select
    'shop' as source_system,
    'loyalty' as alias_namespace,
    {{ hashed_key('loyalty_number') }} as alias_customer_id,
    'shop' as customer_namespace,
    account_id as source_customer_id,
    'loyalty_number' as link_type
from accounts
where loyalty_number is not null
