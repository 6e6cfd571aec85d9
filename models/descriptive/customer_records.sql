with staged as (
    {{ union_staging('customer_records', computed=['customer_id', 'referrer_customer_id', 'acquisition_cost_amount']) }}
)

select
    staged.customer_record_id,
    customer_key.customer_id,
    staged.source_system,
    staged.source_record_id,
    staged.customer_namespace,
    staged.source_customer_id,
    staged.occurred_at,
    staged.business_date,
    staged.loaded_at,
    staged.customer_type,
    staged.country,
    staged.region,
    staged.city,
    staged.birth_year,
    staged.segment,
    staged.preferred_channel,
    staged.acquisition_channel,
    staged.referrer_namespace,
    staged.referrer_source_customer_id,
    referrer_key.customer_id as referrer_customer_id,
    staged.currency,
    staged.original_acquisition_cost_amount,
    {{ in_base_currency('staged.original_acquisition_cost_amount', 'staged.currency') }} as acquisition_cost_amount
from staged
{{ customer_join('staged') }}
left join {{ ref('int_identity__customer_keys') }} as referrer_key
    on staged.referrer_namespace = referrer_key.customer_namespace
    and staged.referrer_source_customer_id = referrer_key.source_customer_id
{{ exchange_rate_join('staged') }}
