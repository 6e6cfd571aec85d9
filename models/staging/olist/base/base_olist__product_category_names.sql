-- One row a row of Olist's category translation.
{% set row_rules = [
    required('product_category_name'),
    required('product_category_name_english'),
] %}

select
    product_category_name as category_portuguese,
    product_category_name_english as category,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('olist', 'product_category_names'), row_rules) }} as raw_row
