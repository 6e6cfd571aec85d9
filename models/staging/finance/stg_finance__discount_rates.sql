with discount_rates as (
    select * from {{ loaded_rows(ref('base_finance__discount_rates')) }}
)

select
    'finance' as source_system,
    loaded_at,
    valid_from_date,
    annual_rate
from discount_rates
