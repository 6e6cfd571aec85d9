-- Finance quotes what a currency is worth in the base currency. One unit of the base currency is worth one of itself: a
-- quote that says otherwise leads into another base than the var `base_currency`, and so do all others.
with quoted as (
    {{ staged_columns('exchange_rates', {'currency': 'string', 'rate_date': 'date', 'rate': 'decimal(18, 8)'}) }}
)

select currency, rate_date, rate
from quoted
where currency = '{{ var("base_currency") }}' and rate <> 1
