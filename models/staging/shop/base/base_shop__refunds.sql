-- One row a row of the shop's refunds.
{% set row_rules = [
    required('refund_id'),
    required('order_id'),
    an_integer('line_number'),
    required('refunded_at'),
    a_time('refunded_at'),
    required('amount'),
    a_number('amount'),
    at_least('amount', 0),
    required('currency'),
    order_not_in_quarantine(),
] %}

select
    refund_id as source_refund_id,
    order_id as source_order_id,
    {{ try_integer('line_number') }} as line_number,
    {{ source_time('refunded_at', 'shop') }} as refunded_at,
    {{ try_money('amount') }} as amount,
    currency,
    reason,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_order_judgement(source('shop', 'refunds'), ref('base_shop__orders')) }} as raw_row
