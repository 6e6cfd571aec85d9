-- One row a row of the shop's payments. Its time is local, of the zone that the row names.
{% set row_rules = [
    required('payment_id'),
    required('order_id'),
    required('time_zone'),
    a_known_time_zone(),
    required('paid_at'),
    a_time('paid_at'),
    not_before_the_company('paid_at', 'shop', 'known_time_zone'),
    not_in_the_future('paid_at', 'shop', 'known_time_zone'),
    one_of('method', ['card', 'invoice', 'wallet', 'cash', 'voucher']),
    required('amount'),
    a_number('amount'),
    at_least('amount', 0),
    required('currency'),
    a_currency('currency'),
    belongs_to('order_id', 'order'),
] %}

select
    payment_id as source_payment_id,
    order_id as source_order_id,
    {{ source_time('paid_at', 'shop', zone_column='known_time_zone') }} as paid_at,
    time_zone,
    method,
    {{ try_money('amount') }} as amount,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_parent_validation(
        with_known_time_zone(source('shop', 'payments')), ref('base_shop__orders'), 'order_id', 'source_order_id'
    ),
    row_rules
) }} as raw_row
