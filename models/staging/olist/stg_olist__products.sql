with products as (
    select * from {{ loaded_rows(ref('base_olist__products')) }}
),

category_names as (
    select * from {{ loaded_rows(ref('base_olist__product_category_names')) }}
)

select
    'olist:' || products.source_product_id as product_id,
    'olist' as source_system,
    products.source_product_id as source_record_id,
    products.loaded_at,
    cast(null as string) as product_name,
    -- Two categories lack a translation: their own name is better than none.
    coalesce(category_names.category, products.category_portuguese) as category,
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_unit_cost_amount,
    cast(null as decimal(18, 4)) as original_list_price_amount
from products
left join category_names on products.category_portuguese = category_names.category_portuguese
