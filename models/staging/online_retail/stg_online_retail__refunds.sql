-- A cancellation line gives money back. The file does not name the invoice it cancels.
with cancellations as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
    where line_kind = 'cancellation'
)

select
    'online_retail:' || invoice_no || ':' || cast(line_number as string) as refund_id,
    cast(null as string) as order_id,
    'online_retail' as source_system,
    invoice_no || ':' || cast(line_number as string) as source_record_id,
    case when customer_number is not null then 'online_retail' end as customer_namespace,
    customer_number as source_customer_id,
    invoiced_at as occurred_at,
    loaded_at,
    '{{ var("source_time_zones")["online_retail"] }}' as time_zone,
    'online_retail:' || stock_code as product_id,
    -quantity as quantity,
    cast(null as string) as reason,
    'GBP' as currency,
    cast(-quantity * unit_price as decimal(18, 4)) as original_amount
from cancellations
