with staged as (
    {{ union_staging('products') }}
)

select
    product_id,
    source_system,
    source_record_id,
    loaded_at,
    product_name,
    category,
    product_kind,
    currency,
    original_unit_cost_amount,
    original_list_price_amount
from staged
