-- An order that was cancelled, or could not be supplied, is kept but is no purchase.
with staged as (
    {{ union_staging('orders', computed=['customer_id', 'is_purchase', 'freight_amount']) }}
)

select
    staged.order_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.time_zone,
    staged.status,
    staged.status <> 'cancelled' as is_purchase,
    staged.channel,
    staged.region,
    staged.currency,
    staged.original_freight_amount,
    {{ in_base_currency('staged.original_freight_amount', 'staged.currency') }} as freight_amount,
    staged.promised_delivery_at,
    staged.handed_over_at,
    staged.delivered_at
from staged
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
