with staged as (
    {{ union_staging('refunds', computed=['customer_id', 'amount']) }}
)

select
    staged.refund_id,
    staged.order_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.loaded_at,
    staged.time_zone,
    staged.product_id,
    staged.quantity,
    staged.reason,
    staged.currency,
    staged.original_amount,
    {{ in_base_currency('staged.original_amount', 'staged.currency') }} as amount
from staged
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
