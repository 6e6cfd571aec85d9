-- Customer memory: every event of the four types until the as-of moment, in one shape, in the order of time.
with events as (
    select * from {{ ref('int_timeline__events') }}
)

select
    event_id,
    customer_id,
    data_type,
    entity,
    event,
    occurred_at,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    touchpoint,
    description,
    event_value
from events
where occurred_at < {{ as_of() }}
order by customer_id nulls last, occurred_at, event_id
