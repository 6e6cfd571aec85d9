-- By channel, the sizes of the cohorts that have a closed month are the customers who first bought in one.
with buyers as (
    select
        coalesce(customers.acquisition_channel, 'unknown') as acquisition_channel,
        count(*) as customer_count
    from {{ ref('customers') }} as customers
    inner join {{ ref('customer_value') }} as customer_value on customers.customer_id = customer_value.customer_id
    where customer_value.first_purchase_at < date_trunc('month', cast({{ as_of() }} as timestamp))
    group by coalesce(customers.acquisition_channel, 'unknown')
),

cohorts as (
    select acquisition_channel, sum(customer_count) as customer_count
    from {{ ref('cohort_value') }}
    where month_number = 0
    group by acquisition_channel
)

select buyers.*, cohorts.customer_count as cohort_customer_count
from buyers
full outer join cohorts on buyers.acquisition_channel = cohorts.acquisition_channel
where coalesce(buyers.customer_count, 0) <> coalesce(cohorts.customer_count, 0)
