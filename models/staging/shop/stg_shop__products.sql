with products as (
    select * from {{ loaded_rows(ref('base_shop__products')) }}
)

select
    'shop:' || source_product_id as product_id,
    'shop' as source_system,
    source_product_id as source_record_id,
    loaded_at,
    product_name,
    category,
    currency,
    unit_cost as original_unit_cost_amount,
    list_price as original_list_price_amount
from products
