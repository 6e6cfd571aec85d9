-- An amount without a rate would become null. One row a currency and source that lack one, with what to do.
select
    currency,
    source_system,
    count(*) as day_count,
    cast(sum(amount_count) as bigint) as amount_count,
    min(amount_date) as first_date,
    max(amount_date) as last_date,
    'no rate into {{ var("base_currency") }} on these days, nor in the {{ var("exchange_rate_days_at_most") }} days'
    || ' before: deliver it in the source finance, or, where finance never quotes the currency or only later, add it to'
    || ' seeds/finance/exchange_rates.csv; or set var base_currency to the currency that the rates lead into' as remedy
from {{ ref('int_money__amount_days') }}
where rate is null
group by currency, source_system
order by currency nulls first, source_system
