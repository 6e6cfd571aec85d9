-- One row a stock code, named as on its last sale; what is no article (postage, fees) says so in product_kind.
with lines as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
),

stock_code_kinds as (
    select * from {{ ref('online_retail_stock_code_kinds') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by stock_code
            order by
                case when line_kind = 'sale' and unit_price > 0 then 0 else 1 end,
                invoiced_at desc, invoice_no desc, line_number desc
        ) as place
    from lines
)

select
    'online_retail:' || ranked.stock_code as product_id,
    'online_retail' as source_system,
    ranked.stock_code as source_record_id,
    ranked.loaded_at,
    trim(both ' ' from ranked.description) as product_name,
    cast(null as string) as category,
    coalesce(stock_code_kinds.product_kind, 'product') as product_kind,
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_unit_cost_amount,
    cast(null as decimal(18, 4)) as original_list_price_amount
from ranked
left join stock_code_kinds on ranked.stock_code = stock_code_kinds.stock_code
where ranked.place = 1
