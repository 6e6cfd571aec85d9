-- One row a row of Olist's customers: the customer record of one order.
{% set row_rules = [
    required('customer_id'),
    a_known_key('customer_id'),
    required('customer_unique_id'),
    a_known_key('customer_unique_id'),
] %}

select
    customer_id as order_customer_id,
    customer_unique_id as person_id,
    customer_zip_code_prefix as postal_code_prefix,
    customer_city as city,
    customer_state as region,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('olist', 'customers'), row_rules) }} as raw_row
