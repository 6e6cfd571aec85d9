-- Who writes from an address, and is answered there, is who it stands for. Few customers ever confirm one.
with users as (
    select * from {{ loaded_rows(ref('base_zendesk__users')) }}
    where is_customer
)

select
    'zendesk' as source_system,
    'email' as alias_namespace,
    {{ hashed_key('email') }} as alias_customer_id,
    'zendesk' as customer_namespace,
    source_customer_id,
    'email' as link_type
from users
where email is not null
