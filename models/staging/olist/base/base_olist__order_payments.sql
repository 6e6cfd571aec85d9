-- One row a row of Olist's payments.
{% set row_rules = [
    required('order_id'),
    required('payment_sequential'),
    an_integer('payment_sequential'),
    required('payment_value'),
    a_number('payment_value'),
    at_least('payment_value', 0),
    an_integer('payment_installments'),
    order_not_in_quarantine(),
] %}

select
    order_id as source_order_id,
    {{ try_integer('payment_sequential') }} as payment_number,
    payment_type as payment_method,
    {{ try_integer('payment_installments') }} as installment_count,
    {{ try_money('payment_value') }} as payment_value,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_order_validation(source('olist', 'order_payments'), ref('base_olist__orders')), row_rules
) }} as raw_row
