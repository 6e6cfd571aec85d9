-- What moved a customer's recurring revenue from one month end to the next. A subscription is in it from the end of the
-- month in which it began to the end of the last month that it lived through; one that began and ended between two
-- month ends is in none (docs/decisions/0068-sales-and-contact-pressure.md).
with subscriptions as (
    select
        subscription_id,
        customer_id,
        -- Whoever is not known is somebody else each time.
        coalesce(customer_id, subscription_id) as subscriber_id,
        source_system,
        plan,
        currency,
        original_monthly_amount,
        monthly_amount,
        cast(date_trunc('month', business_date) as date) as first_month_date,
        cast(date_trunc('month', {{ local_date('ended_at', 'time_zone') }}) as date) as end_month_date
    from {{ ref('subscriptions') }}
    -- What is free brings no revenue; what was cancelled nobody knows when is in no month.
    where original_monthly_amount > 0 and (status <> 'cancelled' or ended_at is not null)
),

-- Held at one month end at least.
held as (
    select * from subscriptions
    where end_month_date is null or first_month_date < end_month_date
),

turns as (
    select
        *,
        first_month_date as month_date,
        1 as started,
        0 as ended
    from held
    union all
    select
        *,
        end_month_date as month_date,
        0 as started,
        1 as ended
    from held
    where end_month_date is not null
),

closed_turns as (
    select * from turns
    where month_date < {{ open_month_date() }}
),

months as (
    select subscriber_id, month_date, sum(started - ended) as held_change
    from closed_turns
    group by subscriber_id, month_date
),

standings as (
    select
        subscriber_id,
        month_date,
        held_change,
        sum(held_change) over (
            partition by subscriber_id order by month_date rows unbounded preceding
        ) as closing_count,
        min(month_date) over (partition by subscriber_id) as first_month_date
    from months
),

-- Subscriptions of one plan in one currency follow each other: what began takes the place of what ended.
exchanged as (
    select
        subscriber_id,
        customer_id,
        month_date,
        source_system,
        plan,
        currency,
        sum(started) as started_count,
        sum(ended) as ended_count,
        sum(started * original_monthly_amount) as started_original_amount,
        sum(ended * original_monthly_amount) as ended_original_amount,
        sum(started * monthly_amount) as started_amount,
        sum(ended * monthly_amount) as ended_amount
    from closed_turns
    group by subscriber_id, customer_id, month_date, source_system, plan, currency
),

netted as (
    select
        *,
        started_original_amount - ended_original_amount as net_original_amount,
        started_amount - ended_amount as net_amount
    from exchanged
),

-- What is more than what ended is worth what it began at, what is missing to it what that ended at. The rest of the
-- difference in base currency is of two rates, and no customer's doing.
priced as (
    select
        *,
        case
            when started_count = 0 or ended_count = 0 or currency = '{{ var("base_currency") }}' then net_amount
            when net_original_amount >= 0 then {{ quotient(
                'cast(started_amount as double) * cast(net_original_amount as double)',
                'cast(started_original_amount as double)'
            ) }}
            else {{ quotient(
                'cast(ended_amount as double) * cast(net_original_amount as double)',
                'cast(ended_original_amount as double)'
            ) }}
        end as priced_amount
    from netted
)

select
    priced.subscriber_id,
    priced.customer_id,
    priced.month_date,
    priced.source_system,
    priced.plan,
    priced.currency,
    case
        when standings.closing_count = 0 then 'churn'
        when standings.closing_count = standings.held_change and standings.month_date = standings.first_month_date
            then 'new'
        when standings.closing_count = standings.held_change then 'reactivation'
        when priced.net_original_amount > 0 then 'expansion'
        when priced.net_original_amount < 0 then 'contraction'
        else 'renewal'
    end as movement_type,
    cast(priced.started_count as bigint) as started_count,
    cast(priced.ended_count as bigint) as ended_count,
    cast(priced.net_original_amount as decimal(28, 4)) as original_amount,
    cast(priced.priced_amount as decimal(28, 4)) as amount,
    cast(priced.net_amount - priced.priced_amount as decimal(28, 4)) as exchange_rate_amount
from priced
inner join standings
    on priced.subscriber_id = standings.subscriber_id and priced.month_date = standings.month_date
