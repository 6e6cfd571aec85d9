-- The rate into the base currency, by currency and period; the base currency itself is worth 1 on every day.
with rates as (
    select * from {{ ref('exchange_rates') }}
)

select
    currency,
    cast(valid_from_date as date) as valid_from_date,
    cast(valid_to_date as date) as valid_to_date,
    cast(rate as decimal(18, 8)) as rate
from rates
where base_currency = '{{ var("base_currency") }}' and currency <> base_currency

union all

select
    '{{ var("base_currency") }}' as currency,
    cast('0001-01-01' as date) as valid_from_date,
    cast('9999-12-31' as date) as valid_to_date,
    cast(1 as decimal(18, 8)) as rate
