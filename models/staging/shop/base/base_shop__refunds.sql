-- One row a row of the shop's refunds. Its time is local, of the zone that the row names.
{% set row_rules = [
    required('refund_id'),
    required('order_id'),
    an_integer('line_number'),
    required('time_zone'),
    a_known_time_zone(),
    required('refunded_at'),
    a_time('refunded_at'),
    not_before_the_company('refunded_at', 'shop', 'known_time_zone'),
    not_in_the_future('refunded_at', 'shop', 'known_time_zone'),
    required('amount'),
    a_number('amount'),
    at_least('amount', 0),
    required('currency'),
    a_currency('currency'),
    one_of('reason', ['late', 'damaged', 'wrong_item', 'not_as_described', 'changed_mind']),
    belongs_to('order_id', 'order'),
] %}

select
    refund_id as source_refund_id,
    order_id as source_order_id,
    {{ try_integer('line_number') }} as line_number,
    {{ source_time('refunded_at', 'shop', zone_column='known_time_zone') }} as refunded_at,
    time_zone,
    {{ try_money('amount') }} as amount,
    currency,
    reason,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(
        with_known_time_zone(source('shop', 'refunds')), ref('base_shop__orders'), 'order_id', 'source_order_id'
    ),
    row_rules
) }} as raw_row
