-- A profile is an address that messages go to: who reads them is who it stands for.
with profiles as (
    select * from {{ loaded_rows(ref('base_klaviyo__profiles')) }}
)

select
    'klaviyo' as source_system,
    'email' as alias_namespace,
    {{ hashed_key('email') }} as alias_customer_id,
    'klaviyo' as customer_namespace,
    source_customer_id,
    'email' as link_type
from profiles
where email is not null
