-- Events in customers' lives, by the day they happened on, from the timeline: empty where no source reports any.
select customer_id, event as kind, occurred_at, business_date, loaded_at
from {{ ref('int_timeline__events') }}
where entity = 'life_events'
