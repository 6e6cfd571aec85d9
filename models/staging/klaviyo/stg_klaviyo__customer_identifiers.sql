with profiles as (
    select * from {{ loaded_rows(ref('base_klaviyo__profiles')) }}
)

select
    'klaviyo:' || source_customer_id as customer_identifier_id,
    'klaviyo' as source_system,
    source_customer_id as source_record_id,
    'klaviyo' as customer_namespace,
    source_customer_id,
    loaded_at,
    first_name,
    last_name,
    {{ one_spelling('email') }} as email,
    cast(null as boolean) as is_email_verified,
    phone,
    cast(null as date) as birth_date,
    cast(null as string) as street,
    cast(null as string) as postal_code,
    cast(null as string) as loyalty_number,
    cast(null as string) as social_handle
from profiles
