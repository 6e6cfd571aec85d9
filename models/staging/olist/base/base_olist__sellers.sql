-- One row a row of Olist's sellers.
{% set row_rules = [
    required('seller_id'),
    a_known_key('seller_id'),
] %}

select
    seller_id,
    seller_zip_code_prefix as postal_code_prefix,
    seller_city as city,
    seller_state as region,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('olist', 'sellers'), row_rules) }} as raw_row
