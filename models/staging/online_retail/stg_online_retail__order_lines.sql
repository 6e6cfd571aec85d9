with sales as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
    where line_kind = 'sale'
)

select
    'online_retail:' || invoice_no || ':' || cast(line_number as string) as order_line_id,
    'online_retail:' || invoice_no as order_id,
    'online_retail' as source_system,
    invoice_no || ':' || cast(line_number as string) as source_record_id,
    loaded_at,
    line_number,
    'online_retail:' || stock_code as product_id,
    quantity,
    cast(null as boolean) as is_backordered,
    'GBP' as currency,
    cast(quantity * unit_price as decimal(18, 4)) as original_amount,
    cast(null as decimal(18, 4)) as original_discount_amount
from sales
