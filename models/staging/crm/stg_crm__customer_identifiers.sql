with customers as (
    select * from {{ loaded_rows(ref('base_crm__customers')) }}
)

select
    'crm:' || customer_number as customer_identifier_id,
    'crm' as source_system,
    customer_number as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    loaded_at,
    first_name,
    last_name,
    {{ one_spelling('email') }} as email,
    is_email_verified,
    phone,
    birth_date,
    street,
    postal_code,
    loyalty_number,
    social_handle
from customers
