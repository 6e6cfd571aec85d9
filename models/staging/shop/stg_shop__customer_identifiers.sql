-- Accounts, and the addresses that guests ordered with.
with accounts as (
    select * from {{ loaded_rows(ref('base_shop__accounts')) }}
),

orders as (
    select * from {{ loaded_rows(ref('base_shop__orders')) }}
),

guest_orders as (
    select
        {{ hashed_key('email') }} as email_key,
        {{ one_spelling('email') }} as email,
        loaded_at
    from orders
    where account_id is null and email is not null
),

guests as (
    select email_key, min(email) as email, min(loaded_at) as loaded_at
    from guest_orders
    group by email_key
)

select
    'shop:account:' || account_id as customer_identifier_id,
    'shop' as source_system,
    account_id as source_record_id,
    'shop' as customer_namespace,
    account_id as source_customer_id,
    loaded_at,
    first_name,
    last_name,
    {{ one_spelling('email') }} as email,
    is_email_verified,
    phone,
    cast(null as date) as birth_date,
    cast(null as string) as street,
    cast(null as string) as postal_code,
    loyalty_number,
    cast(null as string) as social_handle
from accounts

union all

select
    'shop:guest:' || email_key as customer_identifier_id,
    'shop' as source_system,
    email_key as source_record_id,
    'email' as customer_namespace,
    email_key as source_customer_id,
    loaded_at,
    cast(null as string) as first_name,
    cast(null as string) as last_name,
    email,
    cast(null as boolean) as is_email_verified,
    cast(null as string) as phone,
    cast(null as date) as birth_date,
    cast(null as string) as street,
    cast(null as string) as postal_code,
    cast(null as string) as loyalty_number,
    cast(null as string) as social_handle
from guests
