-- What was spent on winning customers until the end of the last closed month, by what records and bills say of
-- everybody and nobody, is what the cohorts carry, and what each level of the mart shows where nothing is hidden. The
-- var for customers of whom no source says a cost is no spending that anybody booked.
with clock as (
    select open_month_date from {{ ref('int_clock__as_of') }}
),

purchases as (
    select customer_id, min(business_date) as first_purchase_date
    from {{ ref('orders') }}
    where is_purchase and customer_id is not null
    group by customer_id
),

-- A record without a time was made when the customer first bought.
records as (
    select
        records.acquisition_cost_amount as amount,
        coalesce(records.business_date, purchases.first_purchase_date) as spent_date
    from {{ ref('customer_records') }} as records
    left join purchases on records.customer_id = purchases.customer_id
),

-- A bill adds what is beyond the records of those it won.
bills as (
    select month_date, greatest(spend_amount - recorded_amount, 0) as amount
    from {{ ref('int_value__advertising_bills') }}
),

spent as (
    select sum(amount) as amount
    from (
        select records.amount
        from records
        inner join clock on records.spent_date < clock.open_month_date
        union all
        select bills.amount
        from bills
        inner join clock on bills.month_date < clock.open_month_date
    ) as costs
),

assumed as (
    select count(*) * {{ var('acquisition_cost_per_customer_amount') }} as amount
    from {{ ref('int_value__month_flows') }} as flows
    inner join {{ ref('int_value__customer_cohorts') }} as cohorts
        on flows.customer_id = cohorts.customer_id and flows.month_date = cohorts.cohort_month_date
    where flows.lifetime_acquisition_cost_amount is null
),

carried as (
    select sum(acquisition_cost_amount) as amount
    from (
        select
            *,
            max(month_date) over () as last_month_date
        from {{ ref('int_value__cohort_months') }}
    ) as months
    where month_date = last_month_date
),

shown as (
    select
        cohort_level,
        sum(acquisition_cost_amount) as amount
    from (
        select
            *,
            max(month_date) over () as last_month_date
        from {{ ref('cohort_value') }}
    ) as months
    where month_date = last_month_date
    group by cohort_level
    having count(case when is_suppressed then 1 end) = 0
),

sides as (
    select
        'in all' as cohort_level,
        coalesce(spent.amount, 0) + assumed.amount as spent_amount,
        coalesce(carried.amount, 0) as carried_amount
    from spent
    cross join assumed
    cross join carried
    union all
    select
        shown.cohort_level,
        carried.amount as spent_amount,
        shown.amount as carried_amount
    from shown
    cross join carried
)

-- Each share of a bill is rounded to four decimals.
select *
from sides
where abs(spent_amount - carried_amount) > 0.0001 * (select count(*) from {{ ref('int_value__customer_cohorts') }})
