with customers as (
    select * from {{ loaded_rows(ref('base_crm__customers')) }}
)

select
    'crm:' || customer_number as customer_record_id,
    'crm' as source_system,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    loaded_at,
    first_name,
    last_name,
    lower(email) as email,
    phone,
    birth_date,
    postal_code
from customers
