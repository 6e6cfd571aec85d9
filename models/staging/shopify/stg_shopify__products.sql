-- Products of the list, and what lines and refunds were booked under beside it: products that are gone, tips, gift
-- cards, items that were keyed in, freight. A product that lines call a gift card is one, whatever its type says.
with products as (
    select * from {{ loaded_rows(ref('base_shopify__products')) }}
),

order_lines as (
    select * from {{ loaded_rows(ref('base_shopify__order_lines')) }}
),

refunds as (
    select * from {{ loaded_rows(ref('base_shopify__refunds')) }}
),

booked as (
    select
        source_product_id,
        case when source_product_id <> 'custom' then max(title) end as product_name,
        max(case when is_gift_card then 'gift card' end) as gift_card,
        min(loaded_at) as loaded_at
    from order_lines
    group by source_product_id
    union all
    select 'shipping', cast(null as string), cast(null as string), min(loaded_at)
    from refunds
    where part = 'shipping_refund'
    having count(*) > 0
),

named as (
    select
        coalesce(products.source_product_id, booked.source_product_id) as source_product_id,
        coalesce(products.loaded_at, booked.loaded_at) as loaded_at,
        coalesce(products.product_name, booked.product_name) as product_name,
        coalesce(booked.gift_card, products.category) as category
    from products
    full outer join booked on products.source_product_id = booked.source_product_id
)

select
    'shopify:' || source_product_id as product_id,
    'shopify' as source_system,
    source_product_id as source_record_id,
    loaded_at,
    product_name,
    category,
    -- The list has a price a variant, and the cost stands with the stock.
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_unit_cost_amount,
    cast(null as decimal(18, 4)) as original_list_price_amount
from named
