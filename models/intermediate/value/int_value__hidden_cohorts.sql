-- Which cohorts of a month and channel, and which totals by month, by channel and of all, are not shown. Too few
-- customers is the reason of the first; but one that alone is hidden in a month, or of a channel, is the total less the
-- others, and so are some that are too few together. There the smallest of those shown is hidden, too, and the total
-- last. That may leave another line with one alone, so it is done again: 5,000 drawn companies needed four rounds at
-- most, and no_cohort_is_what_is_missing_to_a_total tests that six were enough. A cohort of nobody has nothing to hide.
{% set rounds = 6 %}

with sizes as (
    select
        cohort_month_date,
        acquisition_channel,
        sum(customer_count) as customer_count
    from {{ ref('int_value__cohort_months') }}
    where month_number = 0
    group by cube (cohort_month_date, acquisition_channel)
    having sum(customer_count) > 0
),

too_few_0 as (
    select
        cohort_month_date,
        coalesce(acquisition_channel, 'all') as acquisition_channel,
        customer_count,
        {{ too_few('customer_count') }} as is_hidden
    from sizes
),
{% for round in range(rounds) %}
{% for line, is_total in [
    ('cohort_month_date', "acquisition_channel = 'all'"), ('acquisition_channel', 'cohort_month_date is null')
] %}
{% set number = 2 * round + loop.index %}
lines_{{ number }} as (
    select
        *,
        count(case when is_hidden then 1 end) over (partition by {{ line }}) as hidden_count,
        count(case when is_hidden and {{ is_total }} then 1 end) over (partition by {{ line }}) as hidden_total_count,
        sum(case when is_hidden and not ({{ is_total }}) then customer_count else 0 end) over (partition by {{ line }})
            as hidden_customer_count,
        row_number() over (
            partition by {{ line }}, is_hidden
            order by
                case when {{ is_total }} then 1 else 0 end asc,
                customer_count asc,
                acquisition_channel asc,
                cohort_month_date asc nulls last
        ) as place
    from too_few_{{ number - 1 }}
),

too_few_{{ number }} as (
    select
        cohort_month_date,
        acquisition_channel,
        customer_count,
        is_hidden
        or (
            place = 1
            and (
                hidden_count = 1
                or (hidden_count > 0 and hidden_total_count = 0 and {{ too_few('hidden_customer_count') }})
            )
        ) as is_hidden
    from lines_{{ number }}
){{ ',' if not (loop.last and round == rounds - 1) }}
{% endfor %}
{% endfor %}
select
    cohort_month_date,
    acquisition_channel,
    cast(customer_count as bigint) as customer_count
from too_few_{{ 2 * rounds }}
where is_hidden
