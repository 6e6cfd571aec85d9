-- The share of fixed cost that one customer bears in a month: what finance booked, over the customers who bear it
-- (those in the expected lifetime from their first purchase on). Of a month that finance has not booked, and for the
-- accounting CLV, the mean of the last twelve months counts; the var where finance has booked none of them.
with customers as (
    select
        cast(date_trunc('month', first_purchase_date) as date) as first_month_date,
        count(*) as customer_count
    from {{ ref('int_value__customer_segments') }}
    where first_purchase_date is not null
    group by cast(date_trunc('month', first_purchase_date) as date)
),

observed as (
    select
        cast(min(customers.first_month_date) as date) as first_month_date,
        clock.as_of_date
    from customers
    cross join {{ ref('int_clock__as_of') }} as clock
    group by clock.as_of_date
),

months as (
    select {{ each_month('first_month_date', 'as_of_date') }} as month_date
    from observed
),

bearers as (
    select months.month_date, sum(customers.customer_count) as customer_count
    from months
    inner join customers
        on months.month_date >= customers.first_month_date
        and months.month_date < cast(
            cast(customers.first_month_date as timestamp)
            + interval {{ var('expected_lifetime_months') }} month as date
        )
    group by months.month_date
),

booked as (
    select month_date, sum(amount) as amount
    from {{ ref('int_money__fixed_costs') }}
    group by month_date
),

shared as (
    select
        months.month_date,
        cast(booked.amount as double) / bearers.customer_count as share_of_month,
        cast(sum(case when bearers.customer_count is not null then booked.amount end) over (
            order by months.month_date rows between 11 preceding and current row
        ) as double) / sum(case when booked.amount is not null then bearers.customer_count end) over (
            order by months.month_date rows between 11 preceding and current row
        ) as share_of_year
    from months
    left join bearers on months.month_date = bearers.month_date
    left join booked on months.month_date = booked.month_date
)

select
    month_date,
    cast(coalesce(share_of_month, share_of_year, {{ var('fixed_cost_per_customer_month_amount') }}) as decimal(28, 4))
        as fixed_cost_amount,
    cast(coalesce(share_of_year, {{ var('fixed_cost_per_customer_month_amount') }}) as decimal(28, 4))
        as fixed_cost_per_month_amount
from shared
