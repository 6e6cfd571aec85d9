-- One row a part of a refund, as it stands in the record of its order: a line that was given back, the freight, or what
-- was given back otherwise than the lines come to. Amounts are in the shop's currency, at the rate of the order.
{% set row_rules = [
    required('source_refund_id'),
    required('refunded_at'),
    an_offset_time('refunded_at'),
    not_before_the_company('refunded_at', 'shopify'),
    not_in_the_future('refunded_at', 'shopify'),
    an_integer('quantity'),
    required('amount'),
    a_number('amount'),
    a_number('tax'),
] %}

with refunds as (
    select
        id as source_order_id,
        {{ try_boolean('taxes_included') }} as is_tax_included,
        {{ json_field('item', ['processed_at']) }} as processed_at,
        {{ json_field('item', ['created_at']) }} as created_at,
        {{ json_field('item', ['refund_line_items']) }} as refund_lines,
        {{ json_field('item', ['order_adjustments']) }} as adjustments,
        _file_name,
        _file_row,
        _loaded_at
    from {{ json_items(source('shopify', 'orders'), 'refunds') }} as entry
),

refund_lines as (
    select
        {{ json_field('item', ['id']) }} as source_refund_id,
        source_order_id,
        is_tax_included,
        coalesce(processed_at, created_at) as refunded_at,
        'line' as part,
        {{ json_field('item', ['line_item_id']) }} as source_line_id,
        {{ json_field('item', ['quantity']) }} as quantity,
        {{ json_field('item', ['subtotal']) }} as amount,
        {{ json_field('item', ['total_tax']) }} as tax,
        _file_name,
        _file_row,
        _loaded_at
    from {{ json_items('refunds', 'refund_lines') }} as entry
),

-- An adjustment is written from the side of the order: below zero where it takes something away. Its tax stands beside.
adjustments as (
    select
        'adjustment-' || {{ json_field('item', ['id']) }} as source_refund_id,
        source_order_id,
        false as is_tax_included,
        coalesce(processed_at, created_at) as refunded_at,
        {{ json_field('item', ['kind']) }} as part,
        cast(null as string) as source_line_id,
        cast(null as string) as quantity,
        {{ json_field('item', ['amount']) }} as amount,
        {{ json_field('item', ['tax_amount']) }} as tax,
        _file_name,
        _file_row,
        _loaded_at
    from {{ json_items('refunds', 'adjustments') }} as entry
),

parts as (
    select * from refund_lines
    union all
    select * from adjustments
)

select
    source_refund_id,
    source_order_id,
    {{ try_offset_time('refunded_at') }} as refunded_at,
    {{ utc_offset('refunded_at') }} as utc_offset,
    part,
    source_line_id,
    {{ try_integer('quantity') }} as quantity,
    cast(
        case
            when part = 'line'
                then {{ without_included_tax(
                    try_money('amount'), 'coalesce(' ~ try_money('tax') ~ ', 0)', 'is_tax_included'
                ) }}
            else -{{ try_money('amount') }}
        end as decimal(18, 4)
    ) as amount,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules('parts', row_rules) }} as raw_row
