-- One row a row of the shop's order lines.
{% set row_rules = shop_order_line_rules() + [belongs_to('order_id', 'order')] %}

select
    order_id as source_order_id,
    {{ try_integer('line_number') }} as line_number,
    product_id as source_product_id,
    {{ try_integer('quantity') }} as quantity,
    {{ try_money('unit_price') }} as unit_price,
    coalesce({{ try_money('discount_amount') }}, 0) as discount,
    {{ try_boolean('is_backordered') }} as is_backordered,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(
        source('shop', 'order_lines'), ref('base_shop__orders'), 'order_id', 'source_order_id'
    ),
    row_rules
) }} as raw_row
