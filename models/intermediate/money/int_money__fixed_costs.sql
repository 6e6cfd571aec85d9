-- What the company costs whether anybody buys or not, a month and kind. It is shared out among customers where their
-- value is worked out.
with costs as (
    {{ staged_columns('fixed_costs', {
        'source_system': 'string', 'month_date': 'date', 'cost_kind': 'string',
        'currency': 'string', 'original_amount': 'decimal(18, 4)',
    }) }}
)

select
    costs.source_system,
    costs.month_date,
    costs.cost_kind,
    costs.currency,
    costs.original_amount,
    {{ in_base_currency('costs.original_amount', 'costs.currency') }} as amount
from costs
{{ exchange_rate_join('costs', 'month_date') }}
