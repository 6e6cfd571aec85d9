with staged as (
    {{ union_staging('customer_identifiers', computed=['customer_id']) }}
)

select
    staged.customer_record_id,
    customer_key.customer_id,
    staged.source_system,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.loaded_at,
    staged.first_name,
    staged.last_name,
    staged.email,
    staged.phone,
    staged.birth_date,
    staged.postal_code
from staged
{{ customer_join('staged') }}
