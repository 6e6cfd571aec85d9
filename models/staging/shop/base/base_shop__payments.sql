-- One row a row of the shop's payments.
{% set row_rules = [
    required('payment_id'),
    required('order_id'),
    required('paid_at'),
    a_time('paid_at'),
    required('amount'),
    a_number('amount'),
    at_least('amount', 0),
    required('currency'),
    order_not_in_quarantine(),
] %}

select
    payment_id as source_payment_id,
    order_id as source_order_id,
    {{ source_time('paid_at', 'shop') }} as paid_at,
    method,
    {{ try_money('amount') }} as amount,
    currency,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_order_judgement(source('shop', 'payments'), ref('base_shop__orders')) }} as raw_row
