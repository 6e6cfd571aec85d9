-- One row a row of Shopify's orders. Times come with the offset of the shop; amounts are in the shop's currency.
{% set row_rules = [
    required('id'),
    row_rule('test', try_boolean('test'), 'is true: an order to try the shop'),
    required('ordered_at'),
    an_offset_time('ordered_at'),
    not_before_the_company('ordered_at', 'shopify'),
    not_in_the_future('ordered_at', 'shopify'),
    an_offset_time('cancelled_at'),
    one_of('financial_status', [
        'pending', 'authorized', 'partially_paid', 'paid', 'partially_refunded', 'refunded', 'voided', 'expired'
    ]),
    required('currency'),
    a_currency('currency'),
    a_boolean('taxes_included'),
    a_json_list('line_items'),
    a_json_list('shipping_lines'),
    a_json_list('refunds'),
    a_json_list('fulfillments'),
    row_rule('shipping_lines', 'freight is null', 'hold an amount that is none'),
    at_least('freight', 0),
    lines_not_in_quarantine('id', 'an order'),
    row_rule('refunds', 'has_refund_in_quarantine', 'hold one that cannot be read'),
] %}

with broken_lines as (
    select distinct source_order_id
    from {{ ref('base_shopify__order_lines') }}
    where quarantine_rule is not null
),

broken_refunds as (
    select distinct source_order_id
    from {{ ref('base_shopify__refunds') }}
    where quarantine_rule is not null
),

shipping_lines as (
    select
        id as source_order_id,
        {{ without_included_tax(
            try_money(json_field('item', ['price']))
            ~ ' - ' ~ json_sum(json_field('item', ['discount_allocations']), ['amount']),
            json_sum(json_field('item', ['tax_lines']), ['price']),
            try_boolean('taxes_included')
        ) }} as amount
    from {{ json_items(source('shopify', 'orders'), 'shipping_lines') }} as entry
    where coalesce({{ try_boolean(json_field('item', ['is_removed'])) }}, false) = false
),

freight as (
    select source_order_id, case when count(*) = count(amount) then sum(amount) end as freight
    from shipping_lines
    group by source_order_id
),

-- An order went to the carrier when the last of its parcels did.
handed_over as (
    select id as source_order_id, max({{ try_offset_time(json_field('item', ['created_at'])) }}) as handed_over_at
    from {{ json_items(source('shopify', 'orders'), 'fulfillments') }} as entry
    where {{ json_field('item', ['status']) }} = 'success'
    group by id
),

orders as (
    select
        raw_row.*,
        coalesce(raw_row.processed_at, raw_row.created_at) as ordered_at,
        case when freight.source_order_id is null then 0 else freight.freight end as freight,
        handed_over.handed_over_at,
        broken_lines.source_order_id is not null as has_line_in_quarantine,
        broken_refunds.source_order_id is not null as has_refund_in_quarantine
    from {{ source('shopify', 'orders') }} as raw_row
    left join freight on raw_row.id = freight.source_order_id
    left join handed_over on raw_row.id = handed_over.source_order_id
    left join broken_lines on raw_row.id = broken_lines.source_order_id
    left join broken_refunds on raw_row.id = broken_refunds.source_order_id
)

select
    id as source_order_id,
    {{ known_key(json_field('customer', ['id'])) }} as source_customer_id,
    {{ known_key('email') }} as email,
    {{ try_offset_time('ordered_at') }} as ordered_at,
    {{ utc_offset('ordered_at') }} as utc_offset,
    -- What was paid back is a refund, and was a purchase; what was never paid, and will not be, is none.
    case
        when cancelled_at is not null or financial_status in ('voided', 'expired') then 'cancelled'
        when financial_status in ('paid', 'partially_refunded', 'refunded') then 'completed'
        else 'open'
    end as status,
    known_channel as channel,
    {{ json_field('shipping_address', ['province']) }} as region,
    currency,
    cast(freight as decimal(18, 4)) as freight,
    case when fulfillment_status = 'fulfilled' then handed_over_at end as handed_over_at,
    _file_name as file_name,
    _file_row as file_row,
    _loaded_at as loaded_at,
    quarantine_rule,
    {{ quarantine_value(row_rules) }} as quarantine_value
from {{ with_row_rules(with_known_channel('orders', 'shopify', 'source_name'), row_rules) }} as raw_row
