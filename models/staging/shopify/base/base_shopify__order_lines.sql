-- One row a line of an order of Shopify's, as it stands in the record of its order. Amounts are in the shop's currency.
-- A discount on the whole order is part of what its lines were given.
{% set row_rules = [
    required('source_line_id'),
    required('quantity'),
    an_integer('quantity'),
    at_least('quantity', 0),
    at_most('quantity', 1000000000),
    required('unit_price'),
    a_number('unit_price'),
    a_boolean('is_gift_card'),
    row_rule('discounts', 'discount is null', 'hold an amount that is none'),
    row_rule('taxes', 'tax is null', 'hold an amount that is none'),
    fits_an_amount('quantity', try_integer('quantity') ~ ' * ' ~ try_money('unit_price')),
] %}

with lines as (
    select
        id as source_order_id,
        {{ try_boolean('taxes_included') }} as is_tax_included,
        item_number as line_number,
        {{ json_field('item', ['id']) }} as source_line_id,
        {{ json_field('item', ['product_id']) }} as product_id,
        {{ json_field('item', ['title']) }} as title,
        {{ json_field('item', ['quantity']) }} as quantity,
        {{ json_field('item', ['price']) }} as unit_price,
        {{ json_field('item', ['gift_card']) }} as is_gift_card,
        {{ json_field('item', ['tip']) }} as tip,
        {{ json_field('item', ['discount_allocations']) }} as discounts,
        {{ json_field('item', ['tax_lines']) }} as taxes,
        _file_name,
        _file_row,
        _loaded_at
    from {{ json_items(source('shopify', 'orders'), 'line_items') }} as entry
),

with_sums as (
    select
        *,
        {{ json_sum('discounts', ['amount']) }} as discount,
        {{ json_sum('taxes', ['price']) }} as tax
    from lines
)

select
    source_line_id,
    source_order_id,
    line_number,
    -- What is no product of the list is booked under a word: a tip, a gift card, an item that was keyed in.
    case
        when tip is not null then 'tip'
        when product_id is not null then product_id
        when {{ try_boolean('is_gift_card') }} then 'gift_card'
        else 'custom'
    end as source_product_id,
    title,
    {{ try_integer('quantity') }} as quantity,
    {{ try_boolean('is_gift_card') }} as is_gift_card,
    discount,
    cast(
        {{ without_included_tax(
            try_integer('quantity') ~ ' * ' ~ try_money('unit_price') ~ ' - discount', 'tax', 'is_tax_included'
        ) }} as decimal(18, 4)
    ) as amount,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules('with_sums', row_rules) }} as raw_row
