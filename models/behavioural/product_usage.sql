with staged as (
    {{ union_staging('product_usage', computed=['customer_id']) }}
)

select
    staged.product_usage_id,
    staged.subscription_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.time_zone,
    staged.product_id,
    staged.feature,
    staged.quantity
from staged
{{ customer_join('staged') }}
