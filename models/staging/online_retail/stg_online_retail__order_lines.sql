with sales as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
    where line_kind = 'sale'
),

products as (
    select * from {{ ref('stg_online_retail__products') }}
)

select
    'online_retail:' || sales.invoice_no || ':' || cast(sales.line_number as string) as order_line_id,
    'online_retail:' || sales.invoice_no as order_id,
    'online_retail' as source_system,
    sales.invoice_no || ':' || cast(sales.line_number as string) as source_record_id,
    sales.loaded_at,
    sales.line_number,
    'online_retail:' || sales.stock_code as product_id,
    products.product_kind,
    sales.quantity,
    cast(null as boolean) as is_backordered,
    'GBP' as currency,
    cast(sales.quantity * sales.unit_price as decimal(18, 4)) as original_amount
from sales
left join products on sales.stock_code = products.source_record_id
