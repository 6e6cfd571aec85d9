-- By channel, the sizes of the cohorts that have a closed month are the customers who first bought in one; each total
-- is the size of its parts.
with purchases as (
    select customer_id, min(business_date) as first_purchase_date
    from {{ ref('orders') }}
    where is_purchase
    group by customer_id
),

buyers as (
    select
        coalesce(customers.acquisition_channel, 'unknown') as acquisition_channel,
        count(*) as customer_count
    from {{ ref('customers') }} as customers
    inner join purchases on customers.customer_id = purchases.customer_id
    where purchases.first_purchase_date < {{ open_month_date() }}
    group by coalesce(customers.acquisition_channel, 'unknown')
),

counts as (
    select 'channel and month' as cohort_level, acquisition_channel, customer_count from buyers
    union all
    select 'channel', acquisition_channel, customer_count from buyers
    union all
    select 'month', 'all', sum(customer_count) from buyers
    union all
    select 'all', 'all', sum(customer_count) from buyers
),

cohorts as (
    select cohort_level, acquisition_channel, sum(customer_count) as customer_count
    from {{ ref('cohort_value') }}
    where month_number = 0 or month_number is null
    group by cohort_level, acquisition_channel
)

select
    coalesce(counts.cohort_level, cohorts.cohort_level) as cohort_level,
    coalesce(counts.acquisition_channel, cohorts.acquisition_channel) as acquisition_channel,
    counts.customer_count,
    cohorts.customer_count as cohort_customer_count
from counts
full outer join cohorts
    on counts.cohort_level = cohorts.cohort_level and counts.acquisition_channel = cohorts.acquisition_channel
where coalesce(counts.customer_count, 0) <> coalesce(cohorts.customer_count, 0)
