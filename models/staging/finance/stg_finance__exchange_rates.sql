with exchange_rates as (
    select * from {{ loaded_rows(ref('base_finance__exchange_rates')) }}
)

select
    'finance' as source_system,
    loaded_at,
    rate_date,
    currency,
    rate
from exchange_rates
