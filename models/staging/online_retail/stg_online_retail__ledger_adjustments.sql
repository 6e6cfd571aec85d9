-- What the shop booked without a customer: stock written off, bad debt. Kept, so that totals reconcile to the file.
with adjustments as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
    where line_kind in ('write_off', 'bad_debt')
)

select
    'online_retail:' || invoice_no || ':' || cast(line_number as string) as ledger_adjustment_id,
    'online_retail' as source_system,
    invoice_no || ':' || cast(line_number as string) as source_record_id,
    invoiced_at as occurred_at,
    loaded_at,
    line_kind as adjustment_type,
    'online_retail:' || stock_code as product_id,
    quantity,
    'GBP' as currency,
    cast(quantity * unit_price as decimal(18, 4)) as original_amount
from adjustments
