-- Every time a customer was served by a person: a support case that was opened, a call or visit of an agent. From the
-- timeline, and how long it took from the agent's record; empty where no source reports any.
select
    events.event_id as contact_id,
    events.customer_id,
    events.business_date,
    cast(activities.duration_minutes as double) as handling_minutes
from {{ ref('int_timeline__events') }} as events
left join {{ ref('agent_activities') }} as activities
    on events.event_id = 'agent_activities:' || activities.agent_activity_id
where events.entity = 'agent_activities' or (events.entity = 'ticket_events' and events.event_type = 'created')
