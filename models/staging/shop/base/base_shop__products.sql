-- One row a row of the shop's products.
{% set row_rules = [
    required('product_id'),
    a_number('unit_cost'),
    at_least('unit_cost', 0),
    a_number('list_price'),
    at_least('list_price', 0),
    row_rule('currency', 'coalesce(unit_cost, list_price) is not null and currency is null', 'is missing'),
    a_currency('currency'),
] %}

select
    product_id as source_product_id,
    product_name,
    category,
    {{ try_money('unit_cost') }} as unit_cost,
    {{ try_money('list_price') }} as list_price,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('shop', 'products'), row_rules) }} as raw_row
