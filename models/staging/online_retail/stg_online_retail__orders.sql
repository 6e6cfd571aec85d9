-- An invoice with at least one line sold is an order; its first line's minute is its time.
with sales as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
    where line_kind = 'sale'
)

select
    'online_retail:' || invoice_no as order_id,
    'online_retail' as source_system,
    invoice_no as source_record_id,
    case when max(customer_number) is not null then 'online_retail' end as customer_namespace,
    max(customer_number) as source_customer_id,
    min(invoiced_at) as occurred_at,
    min(loaded_at) as loaded_at,
    '{{ var("source_time_zones")["online_retail"] }}' as time_zone,
    'completed' as status,
    'web' as channel,
    cast(null as string) as region,
    'GBP' as currency,
    cast(0 as decimal(18, 4)) as original_freight_amount,
    cast(null as timestamp) as promised_delivery_at,
    cast(null as timestamp) as handed_over_at,
    cast(null as timestamp) as delivered_at
from sales
group by invoice_no
