with profiles as (
    select * from {{ loaded_rows(ref('base_klaviyo__profiles')) }}
)

select
    'klaviyo:' || source_customer_id as customer_record_id,
    'klaviyo' as source_system,
    source_customer_id as source_record_id,
    'klaviyo' as customer_namespace,
    source_customer_id,
    created_at as occurred_at,
    loaded_at,
    'person' as customer_type,
    -- Klaviyo writes a country as somebody typed it.
    cast(null as string) as country,
    region,
    city,
    cast(null as bigint) as birth_year,
    cast(null as string) as segment,
    cast(null as string) as preferred_channel,
    cast(null as string) as acquisition_channel,
    cast(null as string) as referrer_namespace,
    cast(null as string) as referrer_source_customer_id,
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_acquisition_cost_amount
from profiles
