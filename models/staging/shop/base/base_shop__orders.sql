-- One row a row of the shop's orders. Its times are local, of the zone that the row names.
{% set row_rules = [
    required('order_id'),
    required('time_zone'),
    a_known_time_zone(),
    required('ordered_at'),
    a_time('ordered_at'),
    not_before_the_company('ordered_at', 'shop', 'known_time_zone'),
    not_in_the_future('ordered_at', 'shop', 'known_time_zone'),
    required('status'),
    one_of('status', ['completed', 'cancelled', 'open']),
    a_known_channel(),
    required('currency'),
    a_currency('currency'),
    a_number('freight_amount'),
    at_least('freight_amount', 0),
    a_time('promised_delivery_at'),
    a_time('shipped_at'),
    not_before_the_company('shipped_at', 'shop', 'known_time_zone'),
    not_in_the_future('shipped_at', 'shop', 'known_time_zone'),
    not_before('shipped_at', 'ordered_at', 'shop', 'known_time_zone'),
    a_time('delivered_at'),
    not_before_the_company('delivered_at', 'shop', 'known_time_zone'),
    not_in_the_future('delivered_at', 'shop', 'known_time_zone'),
    not_before('delivered_at', 'ordered_at', 'shop', 'known_time_zone'),
    lines_not_in_quarantine('order_id', 'an order'),
    row_rule('payments', 'payments is not null', 'are not what lines and freight come to'),
] %}

with orders as (
    select * from {{ with_line_validation(
        with_known_channel(with_known_time_zone(source('shop', 'orders')), 'shop'), source('shop', 'order_lines'),
        'order_id', shop_order_line_rules()
    ) }}
),

totals as (
    select * from {{ ref('base_shop__order_totals') }}
),

with_totals as (
    select
        orders.*,
        totals.payment_currency,
        totals.paid_amount,
        totals.line_amount + coalesce({{ try_money('orders.freight_amount') }}, 0) as total_amount
    from orders
    left join totals on orders.order_id = totals.source_order_id
),

-- What was paid of what, where they are not the same. An order that is open or was cancelled need not be paid.
held_against_payments as (
    select
        *,
        case
            when status = 'completed'
                and currency = payment_currency
                and abs(paid_amount - total_amount) > {{ var('payment_rounding_amount') }}
                then cast(paid_amount as string) || ' of ' || cast(total_amount as string)
        end as payments
    from with_totals
)

select
    order_id as source_order_id,
    {{ known_key('account_id') }} as account_id,
    {{ known_key('email') }} as email,
    {{ source_time('ordered_at', 'shop', zone_column='known_time_zone') }} as ordered_at,
    time_zone,
    status,
    known_channel as channel,
    region,
    currency,
    coalesce({{ try_money('freight_amount') }}, 0) as freight,
    {{ source_time('promised_delivery_at', 'shop', zone_column='known_time_zone') }} as promised_delivery_at,
    {{ source_time('shipped_at', 'shop', zone_column='known_time_zone') }} as handed_over_at,
    {{ source_time('delivered_at', 'shop', zone_column='known_time_zone') }} as delivered_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules('held_against_payments', row_rules) }} as raw_row
