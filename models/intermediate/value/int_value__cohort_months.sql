-- What each month's new customers of a channel have cost and brought in, month by month since then, in closed months.
-- What the channel cost in that month on people who have not bought is theirs to bear: they alone bring anything in. So
-- all that was spent on winning customers is in one cohort or another, and a cohort may have no customers.
with customers as (
    select * from {{ ref('int_value__customer_cohorts') }}
),

closed as (
    select open_month_date from {{ ref('int_clock__as_of') }}
),

flows as (
    select
        flows.*,
        customers.acquisition_channel,
        customers.cohort_month_date
    from {{ ref('int_value__month_flows') }} as flows
    inner join customers on flows.customer_id = customers.customer_id
    cross join closed
    where flows.month_date < closed.open_month_date
),

sizes as (
    select cohort_month_date, acquisition_channel, count(*) as customer_count
    from customers
    where cohort_month_date is not null
    group by cohort_month_date, acquisition_channel
),

-- On somebody who has not bought, or nobody at all.
costs_without_purchase as (
    select month_date, acquisition_channel, acquisition_cost_amount as amount
    from flows
    where cohort_month_date is null and acquisition_cost_amount <> 0
    union all
    select bills.month_date, coalesce(bills.acquisition_channel, 'unknown'), bills.spend_amount
    from {{ ref('int_value__advertising_bills') }} as bills
    cross join closed
    where bills.won_customer_count = 0 and bills.spend_amount <> 0 and bills.month_date < closed.open_month_date
),

without_purchase as (
    select
        month_date as cohort_month_date,
        acquisition_channel,
        sum(amount) as amount
    from costs_without_purchase
    group by month_date, acquisition_channel
),

cohorts as (
    select
        coalesce(sizes.cohort_month_date, without_purchase.cohort_month_date) as cohort_month_date,
        coalesce(sizes.acquisition_channel, without_purchase.acquisition_channel) as acquisition_channel,
        coalesce(sizes.customer_count, 0) as customer_count,
        coalesce(without_purchase.amount, 0) as without_purchase_amount
    from sizes
    full outer join without_purchase
        on sizes.cohort_month_date = without_purchase.cohort_month_date
        and sizes.acquisition_channel = without_purchase.acquisition_channel
),

months as (
    select
        cohorts.*,
        {{ each_month('cohorts.cohort_month_date', add_days('closed.open_month_date', -1)) }} as month_date
    from cohorts
    cross join closed
),

-- What was spent or came in before the first purchase belongs to its month.
sums as (
    select
        cohort_month_date,
        acquisition_channel,
        greatest(month_date, cohort_month_date) as month_date,
        sum(
            acquisition_cost_amount
            + case
                when month_date = cohort_month_date and lifetime_acquisition_cost_amount is null
                    then {{ var('acquisition_cost_per_customer_amount') }}
                else 0
            end
        ) as acquisition_cost_amount,
        sum(goods_amount + freight_amount - refund_amount) as net_revenue_amount,
        sum(margin_amount - cost_to_serve_amount - retention_cost_amount) as margin_after_service_and_retention_amount,
        sum(case when margin_amount is null then 1 else 0 end) as unknown_count
    from flows
    where cohort_month_date is not null
    group by cohort_month_date, acquisition_channel, greatest(month_date, cohort_month_date)
),

until_then as (
    select
        months.*,
        {%- for measure in ['acquisition_cost_amount', 'net_revenue_amount',
                            'margin_after_service_and_retention_amount', 'unknown_count'] %}
        sum(coalesce(sums.{{ measure }}, 0)) over (
            partition by months.cohort_month_date, months.acquisition_channel
            order by months.month_date
        ) as {{ measure }},
        {%- endfor %}
        cast(
            (extract(year from months.month_date) - extract(year from months.cohort_month_date)) * 12
            + extract(month from months.month_date) - extract(month from months.cohort_month_date) as bigint
        ) as month_number
    from months
    left join sums
        on months.cohort_month_date = sums.cohort_month_date
        and months.acquisition_channel = sums.acquisition_channel
        and months.month_date = sums.month_date
)

select
    cohort_month_date,
    acquisition_channel,
    month_number,
    month_date,
    cast(customer_count as bigint) as customer_count,
    cast(acquisition_cost_amount + without_purchase_amount as decimal(28, 4)) as acquisition_cost_amount,
    cast(without_purchase_amount as decimal(28, 4)) as acquisition_cost_without_purchase_amount,
    cast(net_revenue_amount as decimal(28, 4)) as net_revenue_amount,
    cast(margin_after_service_and_retention_amount as decimal(28, 4)) as margin_after_service_and_retention_amount,
    cast(unknown_count as bigint) as unknown_count
from until_then
