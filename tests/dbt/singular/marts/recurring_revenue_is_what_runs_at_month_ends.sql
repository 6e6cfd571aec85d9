-- The closing of each month, against the subscriptions that run at its end.
with subscriptions as (
    select
        *,
        {{ local_date('ended_at', 'time_zone') }} as end_date
    from {{ ref('subscriptions') }}
    where original_monthly_amount > 0 and (status <> 'cancelled' or ended_at is not null)
),

months as (
    select
        month_date,
        cast(cast(month_date as timestamp) + interval 1 month as date) as next_month_date,
        source_system,
        plan,
        currency,
        sum(closing_subscription_count) as subscription_count,
        sum(original_closing_amount) as original_amount,
        sum(closing_amount) as amount
    from {{ ref('recurring_revenue_monthly') }}
    group by month_date, source_system, plan, currency
),

running as (
    select
        months.month_date,
        months.source_system,
        months.plan,
        months.currency,
        months.subscription_count,
        months.original_amount,
        months.amount,
        count(subscriptions.subscription_id) as running_count,
        coalesce(sum(subscriptions.original_monthly_amount), 0) as running_original_amount,
        coalesce(sum(subscriptions.monthly_amount), 0) as running_amount
    from months
    left join subscriptions
        on months.source_system = subscriptions.source_system
        and months.plan = subscriptions.plan
        and months.currency = subscriptions.currency
        and months.next_month_date > subscriptions.business_date
        and (subscriptions.end_date is null or months.next_month_date <= subscriptions.end_date)
    group by
        months.month_date,
        months.source_system,
        months.plan,
        months.currency,
        months.subscription_count,
        months.original_amount,
        months.amount
)

select * from running
where subscription_count <> running_count
    or original_amount <> running_original_amount
    or amount <> running_amount
