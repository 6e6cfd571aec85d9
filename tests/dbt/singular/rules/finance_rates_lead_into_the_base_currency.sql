-- Finance quotes what a currency is worth in the base currency. One unit of the base currency is worth one of itself: a
-- quote that says otherwise leads into another base than the var `base_currency`, and so do all others.
with quoted as (
    {{ staged_columns('exchange_rates', {'currency': 'string', 'rate_date': 'date', 'rate': 'decimal(18, 8)'}) }}
)

select
    currency,
    count(*) as day_count,
    min(rate_date) as first_date,
    max(rate_date) as last_date,
    min(rate) as lowest_rate,
    max(rate) as highest_rate,
    'finance says that one {{ var("base_currency") }} is not one {{ var("base_currency") }}: its rates lead into'
    || ' another currency. Set var base_currency to that one, or have finance quote into {{ var("base_currency") }}'
        as remedy
from quoted
where currency = '{{ var("base_currency") }}' and rate <> 1
group by currency
