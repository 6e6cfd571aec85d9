-- What was spent on each customer: winning them (as the sources report it) and keeping them (messages sent).
with customer_records as (
    select * from {{ ref('customer_records') }}
    where customer_id is not null
),

message_events as (
    select * from {{ ref('message_events') }}
    where customer_id is not null and occurred_at < {{ as_of() }}
),

acquisition as (
    select customer_id, sum(acquisition_cost_amount) as acquisition_cost_amount
    from customer_records
    group by customer_id
),

retention as (
    select customer_id, sum(cost_amount) as retention_cost_amount
    from message_events
    group by customer_id
)

select
    acquisition.customer_id,
    acquisition.acquisition_cost_amount,
    retention.retention_cost_amount
from acquisition
left join retention on acquisition.customer_id = retention.customer_id
where acquisition.acquisition_cost_amount is not null or retention.retention_cost_amount is not null
