-- Two rates on one day would double every amount of that day.
with rates as (
    select
        base_currency,
        currency,
        cast(valid_from_date as date) as valid_from_date,
        cast(valid_to_date as date) as valid_to_date,
        rate,
        lead(cast(valid_from_date as date)) over (
            partition by base_currency, currency order by valid_from_date, valid_to_date
        ) as next_from_date
    from {{ ref('exchange_rates') }}
)

select base_currency, currency, valid_from_date, valid_to_date, rate, next_from_date
from rates
where valid_from_date >= valid_to_date or valid_to_date > next_from_date or rate <= 0
