with fixed_costs as (
    select * from {{ loaded_rows(ref('base_finance__fixed_costs')) }}
)

select
    'finance' as source_system,
    cast(month_date as timestamp) as occurred_at,
    loaded_at,
    month_date,
    cost_kind,
    currency,
    amount as original_amount
from fixed_costs
