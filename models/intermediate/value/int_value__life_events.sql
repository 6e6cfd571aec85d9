-- Events in customers' lives, by the day they happened on, from the timeline: empty where no source reports any.
select customer_id, event_type as life_event_type, occurred_at, business_date, loaded_at
from {{ ref('int_timeline__events') }}
where entity = 'life_events'
