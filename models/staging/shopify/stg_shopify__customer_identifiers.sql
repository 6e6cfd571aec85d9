-- Customers, and the addresses that guests ordered with.
with customers as (
    select * from {{ loaded_rows(ref('base_shopify__customers')) }}
),

orders as (
    select * from {{ loaded_rows(ref('base_shopify__orders')) }}
),

guest_orders as (
    select
        {{ hashed_key('email') }} as email_key,
        {{ one_spelling('email') }} as email,
        loaded_at
    from orders
    where source_customer_id is null and email is not null
),

guests as (
    select email_key, min(email) as email, min(loaded_at) as loaded_at
    from guest_orders
    group by email_key
)

select
    'shopify:customer:' || source_customer_id as customer_identifier_id,
    'shopify' as source_system,
    source_customer_id as source_record_id,
    'shopify' as customer_namespace,
    source_customer_id,
    loaded_at,
    first_name,
    last_name,
    {{ one_spelling('email') }} as email,
    is_email_verified,
    phone,
    cast(null as date) as birth_date,
    street,
    postal_code,
    cast(null as string) as loyalty_number,
    cast(null as string) as social_handle
from customers

union all

select
    'shopify:guest:' || email_key as customer_identifier_id,
    'shopify' as source_system,
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
