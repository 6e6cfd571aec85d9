-- The addresses that people wrote from.
with tickets as (
    select * from {{ loaded_rows(ref('base_helpdesk__tickets')) }}
),

requesters as (
    select
        {{ hashed_key('requester_email') }} as email_key,
        {{ one_spelling('requester_email') }} as email,
        loaded_at
    from tickets
    where requester_email is not null
)

select
    'helpdesk:' || email_key as customer_identifier_id,
    'helpdesk' as source_system,
    email_key as source_record_id,
    'email' as customer_namespace,
    email_key as source_customer_id,
    min(loaded_at) as loaded_at,
    cast(null as string) as first_name,
    cast(null as string) as last_name,
    min(email) as email,
    cast(null as boolean) as is_email_verified,
    cast(null as string) as phone,
    cast(null as date) as birth_date,
    cast(null as string) as street,
    cast(null as string) as postal_code,
    cast(null as string) as loyalty_number,
    cast(null as string) as social_handle
from requesters
group by email_key
