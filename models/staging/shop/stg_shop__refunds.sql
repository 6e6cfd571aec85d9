with refunds as (
    select * from {{ loaded_rows(ref('base_shop__refunds')) }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

order_lines as (
    select * from {{ ref('stg_shop__order_lines') }}
)

select
    'shop:' || refunds.source_refund_id as refund_id,
    'shop:' || refunds.source_order_id as order_id,
    'shop' as source_system,
    refunds.source_refund_id as source_record_id,
    orders.customer_namespace,
    orders.source_customer_id,
    refunds.refunded_at as occurred_at,
    refunds.loaded_at,
    refunds.time_zone,
    order_lines.product_id,
    -- The shop pays back an amount, and does not say for how many pieces.
    cast(null as bigint) as quantity,
    refunds.reason,
    refunds.currency,
    refunds.amount as original_amount
from refunds
left join orders on refunds.source_order_id = orders.source_record_id
left join order_lines
    on refunds.source_order_id || ':' || cast(refunds.line_number as string) = order_lines.source_record_id
