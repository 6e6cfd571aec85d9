with ticket_events as (
    select * from {{ loaded_rows(ref('base_helpdesk__ticket_events')) }}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
)

select
    'helpdesk:' || ticket_events.event_id as ticket_event_id,
    'helpdesk:' || ticket_events.ticket_id as ticket_id,
    'helpdesk' as source_system,
    ticket_events.event_id as source_record_id,
    tickets.customer_namespace,
    tickets.source_customer_id,
    ticket_events.occurred_at,
    ticket_events.loaded_at,
    ticket_events.utc_offset,
    tickets.channel,
    ticket_events.event as event_type,
    ticket_events.old_value,
    case
        when ticket_events.event = 'merged' then 'helpdesk:' || ticket_events.new_value
        else ticket_events.new_value
    end as new_value,
    ticket_events.actor,
    ticket_events.agent
from ticket_events
left join tickets on ticket_events.ticket_id = tickets.source_record_id
