-- Monthly recurring revenue as at each month end: closing = opening + movements, to the last digit, in each row and so
-- in every sum of rows.
with movements as (
    select * from {{ ref('int_subscriptions__movements') }}
),

customers as (
    select * from {{ ref('customers') }}
),

located as (
    select movements.*, coalesce(customers.country, 'unknown') as country
    from movements
    left join customers on movements.customer_id = customers.customer_id
),

-- A customer counts in one row a month, that of the subscription they began with, however many they have.
homes as (
    select subscriber_id, source_system, plan, currency, country
    from (
        select
            *,
            row_number() over (
                partition by subscriber_id
                order by month_date asc, original_amount desc, source_system asc, plan asc, currency asc
            ) as place
        from located
    ) as ranked
    where place = 1
),

customer_moves as (
    select distinct subscriber_id, month_date, movement_type
    from located
    where movement_type in ('new', 'reactivation', 'churn')
),

first_months as (
    select source_system, plan, currency, country, min(month_date) as first_month_date
    from located
    group by source_system, plan, currency, country
),

-- A month in which nothing moved has its opening and closing, too.
months as (
    select
        source_system,
        plan,
        currency,
        country,
        {{ each_month('first_month_date', last_closed_month_date()) }} as month_date
    from first_months
),

moved as (
    select
        month_date,
        source_system,
        plan,
        currency,
        country,
        movement_type,
        started_count,
        ended_count,
        0 as customer_count,
        original_amount,
        amount,
        exchange_rate_amount
    from located
    union all
    select
        customer_moves.month_date,
        homes.source_system,
        homes.plan,
        homes.currency,
        homes.country,
        customer_moves.movement_type,
        0 as started_count,
        0 as ended_count,
        1 as customer_count,
        0 as original_amount,
        0 as amount,
        0 as exchange_rate_amount
    from customer_moves
    inner join homes on customer_moves.subscriber_id = homes.subscriber_id
    union all
    select
        month_date,
        source_system,
        plan,
        currency,
        country,
        'none' as movement_type,
        0 as started_count,
        0 as ended_count,
        0 as customer_count,
        0 as original_amount,
        0 as amount,
        0 as exchange_rate_amount
    from months
),

month_movements as (
    select
        month_date,
        source_system,
        plan,
        currency,
        country,
        sum(started_count) as started_subscription_count,
        sum(ended_count) as ended_subscription_count,
        sum(exchange_rate_amount) as exchange_rate_amount,
        {% for movement in ['new', 'expansion', 'contraction', 'churn', 'reactivation'] %}
        sum(case when movement_type = '{{ movement }}' then original_amount else 0 end)
            as original_{{ movement }}_amount,
        sum(case when movement_type = '{{ movement }}' then amount else 0 end) as {{ movement }}_amount,
        sum(case when movement_type = '{{ movement }}' then customer_count else 0 end) as {{ movement }}_count,
        {% endfor %}
        sum(original_amount) as original_movement_amount,
        sum(amount + exchange_rate_amount) as movement_amount
    from moved
    group by month_date, source_system, plan, currency, country
),

closed as (
    select
        *,
        sum(started_subscription_count - ended_subscription_count) over until_month as closing_subscription_count,
        sum(new_count + reactivation_count - churn_count) over until_month as closing_customer_count,
        sum(original_movement_amount) over until_month as original_closing_amount,
        sum(movement_amount) over until_month as closing_amount
    from month_movements
    window until_month as (
        partition by source_system, plan, currency, country
        order by month_date
        rows unbounded preceding
    )
),

opened as (
    select
        *,
        closing_subscription_count - started_subscription_count + ended_subscription_count
            as opening_subscription_count,
        closing_customer_count - new_count - reactivation_count + churn_count as opening_customer_count
    from closed
)

select
    month_date,
    source_system,
    plan,
    currency,
    country,
    cast(opening_subscription_count as bigint) as opening_subscription_count,
    cast(started_subscription_count as bigint) as started_subscription_count,
    cast(ended_subscription_count as bigint) as ended_subscription_count,
    cast(closing_subscription_count as bigint) as closing_subscription_count,
    cast(opening_customer_count as bigint) as opening_customer_count,
    cast(new_count as bigint) as new_customer_count,
    cast(churn_count as bigint) as churned_customer_count,
    cast(reactivation_count as bigint) as reactivated_customer_count,
    cast(closing_customer_count as bigint) as closing_customer_count,
    cast(original_closing_amount - original_movement_amount as decimal(28, 4)) as original_opening_amount,
    cast(original_new_amount as decimal(28, 4)) as original_new_amount,
    cast(original_expansion_amount as decimal(28, 4)) as original_expansion_amount,
    cast(original_contraction_amount as decimal(28, 4)) as original_contraction_amount,
    cast(original_churn_amount as decimal(28, 4)) as original_churn_amount,
    cast(original_reactivation_amount as decimal(28, 4)) as original_reactivation_amount,
    cast(original_closing_amount as decimal(28, 4)) as original_closing_amount,
    cast(closing_amount - movement_amount as decimal(28, 4)) as opening_amount,
    cast(new_amount as decimal(28, 4)) as new_amount,
    cast(expansion_amount as decimal(28, 4)) as expansion_amount,
    cast(contraction_amount as decimal(28, 4)) as contraction_amount,
    cast(churn_amount as decimal(28, 4)) as churn_amount,
    cast(reactivation_amount as decimal(28, 4)) as reactivation_amount,
    cast(exchange_rate_amount as decimal(28, 4)) as exchange_rate_amount,
    cast(closing_amount as decimal(28, 4)) as closing_amount
from opened
-- Before the first subscription and after the last nothing stands here.
where opening_subscription_count + started_subscription_count + opening_customer_count + new_count + reactivation_count
    > 0
