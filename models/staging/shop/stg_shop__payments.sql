with payments as (
    select * from {{ loaded_rows(ref('base_shop__payments')) }}
)

select
    'shop:' || source_payment_id as payment_id,
    'shop:' || source_order_id as order_id,
    'shop' as source_system,
    source_payment_id as source_record_id,
    paid_at as occurred_at,
    loaded_at,
    time_zone,
    method as payment_method,
    cast(null as bigint) as installment_count,
    currency,
    amount as original_amount
from payments
