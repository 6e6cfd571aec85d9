with fixed_costs as (
    select * from {{ loaded_rows(ref('base_finance__fixed_costs')) }}
)

select
    'finance' as source_system,
    {{ start_of_day('month_date', 'finance') }} as occurred_at,
    loaded_at,
    month_date,
    cost_kind,
    currency,
    amount as original_amount
from fixed_costs
