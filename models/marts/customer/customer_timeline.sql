-- Customer memory: every event of the four types until the as-of moment, in one shape, in the order of time.
{{ config(meta={'incremental': {
    'key': ['event_id'],
    'inputs': {'int_timeline__events': ['event_id'], 'int_timeline__versions': ['event_id']},
    'as_of': 'business_date',
}}) }}

with events as (
    select * from {{ ref('int_timeline__events') }}
),

known as (
    select event_id, max_by(known_from, generation) as known_from
    from {{ ref('int_timeline__versions') }}
    group by event_id
)

select
    events.event_id,
    events.customer_id,
    events.data_type,
    events.entity,
    events.event_type,
    events.occurred_at,
    events.business_date,
    events.loaded_at,
    known.known_from,
    events.source_system,
    events.source_record_id,
    events.channel,
    events.touchpoint,
    events.description,
    events.event_value
from events
inner join known on events.event_id = known.event_id
where events.business_date <= {{ as_of_date() }}
-- Sorted, so that one customer's events are read without the others'.
order by events.customer_id nulls last, events.occurred_at, events.event_id
