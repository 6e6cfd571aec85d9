-- One row a row of Shopify's products.
{% set row_rules = [
    required('id'),
] %}

select
    id as source_product_id,
    title as product_name,
    nullif(product_type, '') as category,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(source('shopify', 'products'), row_rules) }} as raw_row
