-- The rates that amounts are converted with. Amounts wait for it, and it for the test of the days that lack a rate.
select distinct
    currency,
    amount_date as rate_date,
    rate
from {{ ref('int_money__amount_days') }}
where rate is not null
