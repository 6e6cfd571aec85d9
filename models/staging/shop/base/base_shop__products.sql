-- One row a row of the shop's products.
{% set row_rules = [
    required('product_id'),
    a_number('unit_cost'),
    at_least('unit_cost', 0),
] %}

select
    product_id as source_product_id,
    product_name,
    category,
    {{ try_money('unit_cost') }} as unit_cost,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('shop', 'products') }}
