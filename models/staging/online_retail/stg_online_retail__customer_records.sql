-- All that is known of a customer is the country; the last one stated counts.
with lines as (
    select * from {{ loaded_rows(ref('base_online_retail__invoice_lines')) }}
    where customer_number is not null
),

ranked as (
    select
        customer_number,
        country,
        min(invoiced_at) over (partition by customer_number) as first_invoiced_at,
        loaded_at,
        row_number() over (
            partition by customer_number order by invoiced_at desc, invoice_no desc, line_number desc
        ) as place
    from lines
)

select
    'online_retail:' || customer_number as customer_record_id,
    'online_retail' as source_system,
    customer_number as source_record_id,
    'online_retail' as customer_namespace,
    customer_number as source_customer_id,
    first_invoiced_at as occurred_at,
    loaded_at,
    -- The wholesaler sells to both and does not tell them apart.
    'unknown' as customer_type,
    country,
    cast(null as string) as region,
    cast(null as string) as city,
    cast(null as bigint) as birth_year,
    cast(null as string) as segment,
    cast(null as string) as preferred_channel,
    cast(null as string) as acquisition_channel,
    cast(null as string) as referrer_namespace,
    cast(null as string) as referrer_source_customer_id,
    'GBP' as currency,
    cast(null as decimal(18, 4)) as original_acquisition_cost_amount
from ranked
where place = 1
