-- What was spent on each customer: winning them (as the sources report it, and a share of what advertising cost beyond)
-- and keeping them (messages sent).
with customer_records as (
    select * from {{ ref('customer_records') }}
    where customer_id is not null and (occurred_at is null or business_date <= {{ as_of_date() }})
),

message_events as (
    select * from {{ ref('message_events') }}
    where customer_id is not null and business_date <= {{ as_of_date() }}
),

acquisition as (
    select customer_id, sum(acquisition_cost_amount) as acquisition_cost_amount
    from (
        select customer_id, acquisition_cost_amount
        from customer_records
        where acquisition_cost_amount is not null
        union all
        select customer_id, advertising_amount
        from {{ ref('int_value__advertising_shares') }}
    ) as costs
    group by customer_id
),

retention as (
    select customer_id, sum(cost_amount) as retention_cost_amount
    from message_events
    where cost_amount is not null
    group by customer_id
),

-- A message can reach a customer of whom no record is known.
customers_with_cost as (
    select customer_id from acquisition
    union
    select customer_id from retention
)

select
    customers_with_cost.customer_id,
    acquisition.acquisition_cost_amount,
    retention.retention_cost_amount
from customers_with_cost
left join acquisition on customers_with_cost.customer_id = acquisition.customer_id
left join retention on customers_with_cost.customer_id = retention.customer_id
