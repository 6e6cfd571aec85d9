-- The discount rate a year, by the days on which it holds: each until the next one begins.
with rates as (
    {{ staged_columns('discount_rates', {
        'source_system': 'string', 'valid_from_date': 'date', 'annual_rate': 'decimal(18, 8)',
    }) }}
)

select
    source_system,
    valid_from_date,
    lead(valid_from_date) over (partition by source_system order by valid_from_date) as valid_to_date,
    annual_rate
from rates
