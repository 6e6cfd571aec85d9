-- Olist does not say when a payment was made: the approval of the order, or the order itself, stands for it.
with payments as (
    select * from {{ loaded_rows(ref('base_olist__order_payments')) }}
),

orders as (
    select * from {{ loaded_rows(ref('base_olist__orders')) }}
)

select
    'olist:' || payments.source_order_id || ':' || cast(payments.payment_number as string) as payment_id,
    'olist:' || payments.source_order_id as order_id,
    'olist' as source_system,
    payments.source_order_id || ':' || cast(payments.payment_number as string) as source_record_id,
    coalesce(orders.approved_at, orders.ordered_at) as occurred_at,
    payments.loaded_at,
    '{{ var("source_time_zones")["olist"] }}' as time_zone,
    payments.payment_method,
    payments.installment_count,
    'BRL' as currency,
    payments.payment_value as original_amount
from payments
left join orders on payments.source_order_id = orders.source_order_id
