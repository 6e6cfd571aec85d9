with staged as (
    {{ union_staging('products', computed=['product_type']) }}
)

select
    staged.product_id,
    staged.source_system,
    staged.source_record_id,
    staged.loaded_at,
    staged.product_name,
    staged.category,
    product_types.product_type,
    staged.currency,
    staged.original_unit_cost_amount,
    staged.original_list_price_amount
from staged
left join {{ ref('int_products__types') }} as product_types on staged.product_id = product_types.product_id
