-- What was promised about a delivery, and what was done: the steps of an order, one row each.
with orders as (
    select * from {{ ref('orders') }}
),

steps as (
    select orders.*, 'promised' as event_type, orders.occurred_at as step_at
    from orders
    where orders.promised_delivery_at is not null
    union all
    select orders.*, 'handed_over' as event_type, orders.handed_over_at as step_at
    from orders
    where orders.handed_over_at is not null
    union all
    select orders.*, 'delivered' as event_type, orders.delivered_at as step_at
    from orders
    where orders.delivered_at is not null
)

select
    order_id || ':' || event_type as delivery_event_id,
    order_id,
    customer_id,
    source_system,
    source_record_id || ':' || event_type as source_record_id,
    step_at as occurred_at,
    {{ local_date('step_at', 'time_zone') }} as business_date,
    loaded_at,
    channel,
    event_type,
    promised_delivery_at,
    case when event_type = 'delivered' and promised_delivery_at is not null then step_at <= promised_delivery_at end
        as is_on_time
from steps
