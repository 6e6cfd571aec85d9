with items as (
    select * from {{ loaded_rows(ref('base_olist__order_items')) }}
)

select
    'olist:' || source_order_id || ':' || cast(line_number as string) as order_line_id,
    'olist:' || source_order_id as order_id,
    'olist' as source_system,
    source_order_id || ':' || cast(line_number as string) as source_record_id,
    loaded_at,
    line_number,
    'olist:' || source_product_id as product_id,
    cast(1 as bigint) as quantity,
    cast(null as boolean) as is_backordered,
    'BRL' as currency,
    price as original_amount,
    cast(null as decimal(18, 4)) as original_discount_amount
from items
