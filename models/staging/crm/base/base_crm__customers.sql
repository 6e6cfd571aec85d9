-- One row a row of the CRM's customers.
{% set row_rules = [
    required('customer_number'),
    required('created_at'),
    a_time('created_at'),
    a_time('birth_date'),
    a_number('acquisition_cost'),
    at_least('acquisition_cost', 0),
] %}

select
    customer_number,
    {{ source_time('created_at', 'crm') }} as created_at,
    {{ source_time('updated_at', 'crm') }} as updated_at,
    first_name,
    last_name,
    email,
    phone,
    cast({{ try_timestamp('birth_date') }} as date) as birth_date,
    country_code,
    region,
    city,
    postal_code,
    preferred_channel,
    acquisition_channel,
    {{ try_money('acquisition_cost') }} as acquisition_cost,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('crm', 'customers') }}
