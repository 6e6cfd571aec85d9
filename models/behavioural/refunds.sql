with staged as (
    {{ union_staging('refunds', computed=['customer_id', 'counts_as', 'amount']) }}
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
    staged.business_date,
    staged.loaded_at,
    staged.time_zone,
    staged.product_id,
    -- What is no revenue when it is paid takes none away when it is given back.
    coalesce(product_types.counts_as, 'revenue') as counts_as,
    staged.quantity,
    staged.reason,
    staged.currency,
    staged.original_amount,
    {{ in_base_currency('staged.original_amount', 'staged.currency') }} as amount
from staged
left join {{ ref('int_products__types') }} as product_types on staged.product_id = product_types.product_id
{{ customer_join('staged') }}
{{ exchange_rate_join('staged') }}
