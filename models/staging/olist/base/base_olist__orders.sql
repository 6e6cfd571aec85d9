-- One row a row of Olist's orders.
{% set row_rules = [
    required('order_id'),
    required('customer_id'),
    a_known_key('customer_id'),
    required('order_purchase_timestamp'),
    a_time('order_purchase_timestamp'),
    not_before_the_company('order_purchase_timestamp', 'olist'),
    not_in_the_future('order_purchase_timestamp', 'olist'),
    a_time('order_approved_at'),
    not_before_the_company('order_approved_at', 'olist'),
    not_in_the_future('order_approved_at', 'olist'),
    a_time('order_delivered_carrier_date'),
    not_before_the_company('order_delivered_carrier_date', 'olist'),
    not_in_the_future('order_delivered_carrier_date', 'olist'),
    a_time('order_delivered_customer_date'),
    not_before_the_company('order_delivered_customer_date', 'olist'),
    not_in_the_future('order_delivered_customer_date', 'olist'),
    a_time('order_estimated_delivery_date'),
    one_of('order_status', ['created', 'approved', 'invoiced', 'processing', 'shipped', 'delivered', 'unavailable',
           'canceled']),
    lines_not_in_quarantine('order_id', 'an order'),
] %}

select
    order_id as source_order_id,
    customer_id as order_customer_id,
    order_status as source_status,
    {{ source_time('order_purchase_timestamp', 'olist') }} as ordered_at,
    {{ source_time('order_approved_at', 'olist') }} as approved_at,
    {{ source_time('order_delivered_carrier_date', 'olist') }} as handed_over_at,
    {{ source_time('order_delivered_customer_date', 'olist') }} as delivered_at,
    -- Olist promises a day: it is kept until that day has ended in Brazil.
    {{ to_utc(add_days(try_timestamp('order_estimated_delivery_date'), 1), var('source_time_zones')['olist']) }}
        as promised_delivery_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(
    with_line_validation(
        source('olist', 'orders'), source('olist', 'order_items'), 'order_id', olist_order_item_rules()
    ),
    row_rules
) }} as raw_row
