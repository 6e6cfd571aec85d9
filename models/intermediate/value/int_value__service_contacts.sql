-- Every time a customer was served by a person: a support case that was opened, a call or visit of an agent. From the
-- timeline, which does not say how long it took; empty where no source reports any.
select
    event_id as contact_id,
    customer_id,
    occurred_at,
    cast(null as double) as handling_minutes
from {{ ref('int_timeline__events') }}
where entity = 'agent_activities' or (entity = 'ticket_events' and event = 'created')
