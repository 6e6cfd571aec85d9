-- The rate of each day into the base currency. From the first day on which the finance department quotes a currency,
-- its quotes alone count; before it, and for currencies that it never quotes, the seed stands in (docs/decisions/0017).
-- A day without a rate has no row: what needs it fails a test.
with quoted as (
    {{ staged_columns('exchange_rates', {'currency': 'string', 'rate_date': 'date', 'rate': 'decimal(18, 8)'}) }}
),

seeded as (
    select
        currency,
        {{ each_day('cast(valid_from_date as date)', 'cast(valid_to_date as date)') }} as rate_date,
        cast(rate as decimal(18, 8)) as rate
    from {{ ref('exchange_rates') }}
    where base_currency = '{{ var("base_currency") }}'
),

first_quotes as (
    select currency, min(rate_date) as first_date
    from quoted
    group by currency
),

rates as (
    select currency, rate_date, rate
    from quoted
    union all
    select seeded.currency, seeded.rate_date, seeded.rate
    from seeded
    left join first_quotes on seeded.currency = first_quotes.currency
    where first_quotes.first_date is null or seeded.rate_date < first_quotes.first_date
)

select
    currency,
    rate_date,
    rate
from rates
where currency <> '{{ var("base_currency") }}'
