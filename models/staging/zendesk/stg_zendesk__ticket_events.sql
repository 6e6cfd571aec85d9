-- What the parts of ticket events, and ratings, say in the words of the type. A merged ticket is the one that closed.
with parts as (
    select * from {{ ref('base_zendesk__event_parts') }}
),

tickets as (
    select * from {{ ref('stg_zendesk__tickets') }}
),

merged_tickets as (
    select ticket_id from {{ loaded_rows(ref('base_zendesk__tickets')) }}
    where is_merged
),

users as (
    select * from {{ loaded_rows(ref('base_zendesk__users')) }}
),

ratings as (
    select * from {{ loaded_rows(ref('base_zendesk__satisfaction_ratings')) }}
    where rating_score is not null
),

named as (
    select
        parts.*,
        case
            when parts.part_type = 'Comment' and parts.is_of_merge and merged_tickets.ticket_id is not null
                then 'merged'
            when parts.part_type not in ('Create', 'Change') then null
            when parts.agent is not null then 'assigned'
            when parts.priority is not null and parts.part_type = 'Change' then 'priority_changed'
            when parts.status is null then null
            when parts.part_type = 'Create' then 'created'
            when parts.status in ('solved', 'closed') and parts.old_value not in ('solved', 'closed') then 'solved'
            when parts.status not in ('solved', 'closed') and parts.old_value in ('solved', 'closed') then 'reopened'
            else 'status_changed'
        end as event_type
    from parts
    left join merged_tickets on parts.ticket_id = merged_tickets.ticket_id
),

events as (
    select
        source_part_id as source_record_id,
        ticket_id,
        occurred_at,
        loaded_at,
        utc_offset,
        event_type,
        case when old_value = 'hold' then 'on_hold' else old_value end as old_value,
        case
            when event_type = 'merged' then 'zendesk:' || merged_into_ticket_id
            when status = 'hold' then 'on_hold'
            else coalesce(status, priority, agent)
        end as new_value,
        updater_id as actor_id
    from named
    where event_type is not null
    union all
    select
        'rating-' || source_rating_id,
        ticket_id,
        rated_at,
        loaded_at,
        utc_offset,
        'rated',
        null,
        cast(rating_score as string),
        'customer'
    from ratings
)

select
    'zendesk:' || events.source_record_id as ticket_event_id,
    'zendesk:' || events.ticket_id as ticket_id,
    'zendesk' as source_system,
    events.source_record_id,
    tickets.customer_namespace,
    tickets.source_customer_id,
    events.occurred_at,
    events.loaded_at,
    events.utc_offset,
    tickets.channel,
    events.event_type,
    events.old_value,
    events.new_value,
    case
        when events.actor_id in ('customer', tickets.source_customer_id) or users.is_customer then 'customer'
        -- A rule of the help desk acts as -1.
        when events.actor_id is null or events.actor_id = '-1' then 'system'
        else 'agent'
    end as actor,
    case when not users.is_customer and events.actor_id <> tickets.source_customer_id then events.actor_id end as agent
from events
left join tickets on events.ticket_id = tickets.source_record_id
left join users on events.actor_id = users.source_customer_id
