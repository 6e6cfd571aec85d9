-- One row a row of Olist's order items.
{% set row_rules = olist_order_item_rules() + [order_not_in_quarantine()] %}

select
    order_id as source_order_id,
    {{ try_integer('order_item_id') }} as line_number,
    product_id as source_product_id,
    seller_id,
    {{ try_money('price') }} as price,
    {{ try_money('freight_value') }} as freight,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_order_validation(source('olist', 'order_items'), ref('base_olist__orders')), row_rules
) }} as raw_row
