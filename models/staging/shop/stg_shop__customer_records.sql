with accounts as (
    select * from {{ loaded_rows(ref('base_shop__accounts')) }}
)

select
    'shop:' || account_id as customer_record_id,
    'shop' as source_system,
    account_id as source_record_id,
    'shop' as customer_namespace,
    account_id as source_customer_id,
    created_at as occurred_at,
    loaded_at,
    'person' as customer_type,
    cast(null as string) as country,
    cast(null as string) as region,
    cast(null as string) as city,
    cast(null as bigint) as birth_year,
    cast(null as string) as segment,
    cast(null as string) as preferred_channel,
    cast(null as string) as acquisition_channel,
    cast(null as string) as referrer_namespace,
    cast(null as string) as referrer_source_customer_id,
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_acquisition_cost_amount
from accounts
