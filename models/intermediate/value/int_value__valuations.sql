-- When customers are valued: at the end of each closed month, now, and once in the past, to see how well that would
-- have predicted what came. With each the assumptions that its fits need: Python reads them here, and nowhere else.
with clock as (
    select * from {{ ref('int_clock__as_of') }}
),

observed as (
    select
        min(purchase_days.purchase_date) as first_purchase_date,
        clock.as_of_date,
        clock.as_of_at,
        clock.open_month_date
    from {{ ref('int_value__purchase_days') }} as purchase_days
    cross join clock
    group by clock.as_of_date, clock.as_of_at, clock.open_month_date
),

months as (
    select
        {{ each_month('first_purchase_date', 'as_of_date') }} as month_date,
        open_month_date
    from observed
),

moments as (
    select
        'month_end' as purpose,
        cast({{ add_days('cast(month_date as timestamp) + interval 1 month', -1) }} as date) as last_date,
        cast(month_date as timestamp) + interval 1 month as valued_at,
        cast(null as bigint) as holdout_days
    from months
    where month_date < open_month_date
        and cast(month_date as timestamp)
        >= cast(open_month_date as timestamp) - interval {{ var('snapshot_months') }} month
    union all
    select 'current', as_of_date, as_of_at, cast(null as bigint)
    from observed
    union all
    select
        'calibration',
        cast({{ add_days('cast(as_of_date as timestamp)', '-holdout_days') }} as date),
        {{ add_days('as_of_at', '-holdout_days') }},
        holdout_days
    from (
        select
            as_of_date,
            as_of_at,
            cast(least(
                floor(({{ days_between('first_purchase_date', 'as_of_date') }} + 1) * {{ var('holdout_share') }}),
                {{ var('holdout_days_at_most') }}
            ) as bigint) as holdout_days
        from observed
    ) as split
    where holdout_days >= 1
),

-- Finance's rate that holds on the last day; the var where there is none.
rates as (
    select moments.valued_at, max_by(rates.annual_rate, rates.valid_from_date) as annual_rate
    from (select distinct valued_at, last_date from moments) as moments
    inner join {{ ref('int_money__discount_rates') }} as rates
        on moments.last_date >= rates.valid_from_date
        and (rates.valid_to_date is null or moments.last_date < rates.valid_to_date)
    group by moments.valued_at
)

select
    moments.purpose || ':' || cast(moments.last_date as string) as valuation_id,
    moments.purpose,
    cast(date_trunc('month', moments.last_date) as date) as month_date,
    moments.last_date,
    moments.valued_at,
    moments.holdout_days,
    '{{ var("transaction_model") }}' as transaction_model,
    cast(coalesce(rates.annual_rate, {{ var('annual_discount_rate') }}) as double) as annual_discount_rate,
    cast({{ var('value_horizon_months') }} as bigint) as horizon_months,
    cast({{ var('minimum_segment_customers') }} as bigint) as minimum_segment_customers,
    cast({{ var('minimum_segment_repeat_buyers') }} as bigint) as minimum_segment_repeat_buyers
from moments
left join rates on moments.valued_at = rates.valued_at
