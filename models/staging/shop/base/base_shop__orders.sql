-- One row a row of the shop's orders.
{% set row_rules = [
    required('order_id'),
    required('ordered_at'),
    a_time('ordered_at'),
    one_of('status', ['completed', 'cancelled']),
    required('currency'),
    a_number('freight_amount'),
    at_least('freight_amount', 0),
    a_time('promised_delivery_at'),
    a_time('shipped_at'),
    a_time('delivered_at'),
] %}

select
    order_id as source_order_id,
    customer_number,
    {{ source_time('ordered_at', 'shop') }} as ordered_at,
    status,
    channel,
    currency,
    coalesce({{ try_money('freight_amount') }}, 0) as freight,
    {{ source_time('promised_delivery_at', 'shop') }} as promised_delivery_at,
    {{ source_time('shipped_at', 'shop') }} as handed_over_at,
    {{ source_time('delivered_at', 'shop') }} as delivered_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    {{ quarantine_rule(row_rules) }} as quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ source('shop', 'orders') }}
