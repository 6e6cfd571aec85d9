-- One row a row of Olist's products.
{% set row_rules = [
    required('product_id'),
] %}

select
    product_id as source_product_id,
    product_category_name as category_portuguese,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('olist', 'products'), row_rules) }} as raw_row
