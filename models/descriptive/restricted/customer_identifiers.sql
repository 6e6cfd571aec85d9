with staged as (
    {{ union_staging('customer_identifiers', computed=['customer_id']) }}
)

select
    staged.customer_identifier_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.loaded_at,
    staged.first_name,
    staged.last_name,
    staged.email,
    staged.is_email_verified,
    staged.phone,
    staged.birth_date,
    staged.street,
    staged.postal_code,
    staged.loyalty_number,
    staged.social_handle
from staged
{{ customer_join('staged') }}
