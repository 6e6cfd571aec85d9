-- The rate of each day into the base currency. From the first day on which the finance department quotes a currency,
-- its quotes alone count, each until the next one, or for so many days (docs/decisions/0007): banks quote on working
-- days, and today's quote comes after today's first order. Before it, and for currencies that it never quotes, the seed
-- stands in (docs/decisions/0017). A day without a rate has no row.
with quoted as (
    {{ staged_columns('exchange_rates', {'currency': 'string', 'rate_date': 'date', 'rate': 'decimal(18, 8)'}) }}
),

bounded as (
    select
        currency,
        rate_date as quoted_date,
        rate,
        least(
            cast({{ add_days('cast(rate_date as timestamp)', var('exchange_rate_days_at_most') | int + 1) }} as date),
            lead(rate_date) over (partition by currency order by rate_date)
        ) as end_date
    from quoted
),

held as (
    select currency, {{ each_day('quoted_date', 'end_date') }} as rate_date, quoted_date, rate
    from bounded
),

seeded as (
    select
        currency,
        {{ each_day('cast(valid_from_date as date)', 'cast(valid_to_date as date)') }} as rate_date,
        cast(valid_from_date as date) as quoted_date,
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
    select currency, rate_date, quoted_date, rate
    from held
    union all
    select seeded.currency, seeded.rate_date, seeded.quoted_date, seeded.rate
    from seeded
    left join first_quotes on seeded.currency = first_quotes.currency
    where first_quotes.first_date is null or seeded.rate_date < first_quotes.first_date
)

select
    currency,
    rate_date,
    quoted_date,
    rate
from rates
where currency <> '{{ var("base_currency") }}'
