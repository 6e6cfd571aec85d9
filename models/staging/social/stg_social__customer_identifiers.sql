-- The handles that people write under.
with posts as (
    select * from {{ loaded_rows(ref('base_social__posts')) }}
),

writers as (
    select
        {{ hashed_key('handle') }} as handle_key,
        {{ one_spelling('handle') }} as handle,
        loaded_at
    from posts
    where handle is not null
)

select
    'social:' || handle_key as customer_identifier_id,
    'social' as source_system,
    handle_key as source_record_id,
    'social' as customer_namespace,
    handle_key as source_customer_id,
    min(loaded_at) as loaded_at,
    cast(null as string) as first_name,
    cast(null as string) as last_name,
    cast(null as string) as email,
    cast(null as boolean) as is_email_verified,
    cast(null as string) as phone,
    cast(null as date) as birth_date,
    cast(null as string) as street,
    cast(null as string) as postal_code,
    cast(null as string) as loyalty_number,
    min(handle) as social_handle
from writers
group by handle_key
