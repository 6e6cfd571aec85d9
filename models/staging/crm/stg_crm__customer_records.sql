with customers as (
    select * from {{ loaded_rows(ref('base_crm__customers')) }}
)

select
    'crm:' || customer_number as customer_record_id,
    'crm' as source_system,
    customer_number as source_record_id,
    'crm' as customer_namespace,
    customer_number as source_customer_id,
    created_at as occurred_at,
    loaded_at,
    'person' as customer_type,
    country_code as country,
    region,
    city,
    cast(extract(year from birth_date) as bigint) as birth_year,
    cast(null as string) as segment,
    preferred_channel,
    acquisition_channel,
    case when referred_by is not null then 'crm' end as referrer_namespace,
    referred_by as referrer_source_customer_id,
    currency,
    acquisition_cost as original_acquisition_cost_amount
from customers
