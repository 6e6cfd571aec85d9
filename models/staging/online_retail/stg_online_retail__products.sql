-- One row a stock code, named as on its last sale.
with lines as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
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
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_unit_cost_amount,
    cast(null as decimal(18, 4)) as original_list_price_amount
from ranked
where ranked.place = 1
