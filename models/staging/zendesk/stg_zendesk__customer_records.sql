with users as (
    select * from {{ loaded_rows(ref('base_zendesk__users')) }}
    where is_customer
)

select
    'zendesk:' || source_customer_id as customer_record_id,
    'zendesk' as source_system,
    source_customer_id as source_record_id,
    'zendesk' as customer_namespace,
    source_customer_id,
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
from users
