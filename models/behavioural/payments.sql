with staged as (
    {{ union_staging('payments', computed=['customer_id', 'amount']) }}
),

orders as (
    select * from {{ ref('orders') }}
)

select
    staged.payment_id,
    staged.order_id,
    orders.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.time_zone,
    staged.payment_method,
    staged.installment_count,
    staged.currency,
    staged.original_amount,
    {{ in_base_currency('staged.original_amount', 'staged.currency') }} as amount
from staged
left join orders on staged.order_id = orders.order_id
{{ exchange_rate_join('staged') }}
