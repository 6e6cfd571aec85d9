-- Each support case that counts, with what its figures are told apart and measured by. One that was merged into another
-- is that other one.
with events as (
    select
        *,
        row_number() over (partition by ticket_id, event_type order by occurred_at, ticket_event_id) as place
    from {{ ref('ticket_events') }}
    where business_date <= {{ as_of_date() }}
),

cycles as (
    select
        ticket_id,
        max(cycle_number) - 1 as reopen_count,
        min(solved_at) as first_solved_at,
        max(case when reopened_at is null then solved_at end) as last_solved_at,
        max(case when is_open then 1 else 0 end) = 1 as is_open
    from {{ ref('int_service__ticket_cycles') }}
    group by ticket_id
),

merged as (
    select ticket_id, new_value as merged_into_ticket_id from events
    where event_type = 'merged' and place = 1
),

merged_into as (
    select merged_into_ticket_id as ticket_id, count(*) as merged_ticket_count from merged
    group by merged_into_ticket_id
),

-- Who only goes on with what was theirs before is handed nothing.
handoffs as (
    select
        ticket_id,
        sum(case when agent <> last_agent then 1 else 0 end) as handoff_count
    from (
        select
            ticket_id,
            coalesce(agent, new_value) as agent,
            lag(coalesce(agent, new_value)) over (partition by ticket_id order by place) as last_agent
        from events
        where event_type = 'assigned'
    ) as assignments
    group by ticket_id
),

comments as (
    select * from {{ ref('ticket_comments') }}
    where business_date <= {{ as_of_date() }}
),

-- Of a source that tells no messages nobody knows how many there were.
sources_with_messages as (
    select distinct source_system from comments
),

replies as (
    select ticket_id, count(*) as reply_count from comments
    where author = 'agent' and {{ is_public_message() }}
    group by ticket_id
),

told as (
    select
        tickets.*,
        cycles.reopen_count,
        cycles.first_solved_at,
        cycles.last_solved_at,
        cycles.is_open,
        case when sources_with_messages.source_system is not null then coalesce(replies.reply_count, 0) end
            as reply_count
    from {{ ref('tickets') }} as tickets
    inner join cycles on tickets.ticket_id = cycles.ticket_id
    left join merged on tickets.ticket_id = merged.ticket_id
    left join replies on tickets.ticket_id = replies.ticket_id
    left join sources_with_messages on tickets.source_system = sources_with_messages.source_system
    where tickets.business_date <= {{ as_of_date() }} and merged.ticket_id is null
),

-- The country that the customer was in when the case was opened.
countries as (
    select
        told.ticket_id,
        attributes.attribute_value as country,
        {{ place_among_held('attributes', ['told.ticket_id']) }} as recency
    from told
    inner join {{ ref('customer_attributes') }} as attributes
        on told.customer_id = attributes.customer_id
        and {{ held_at('attributes', 'told.occurred_at') }}
    where attributes.attribute = 'country' and attributes.attribute_value is not null
),

calendars as (
    select
        told.ticket_id,
        rules.calendar,
        row_number() over (partition by told.ticket_id order by rules.rule_number) as place
    from told
    left join countries on told.ticket_id = countries.ticket_id and countries.recency = 1
    inner join {{ ref('service_calendar_rules') }} as rules
        on (rules.source_system is null or told.source_system = rules.source_system)
        and (rules.channel is null or told.channel = rules.channel)
        and (rules.country is null or countries.country = rules.country)
),

-- The next time that the customer asked for anything, whatever it was.
followed as (
    select
        ticket_id,
        lead(occurred_at) over (partition by customer_id order by occurred_at, ticket_id) as next_opened_at
    from told
    where customer_id is not null
)

select
    told.ticket_id,
    told.customer_id,
    told.source_system,
    calendars.calendar,
    told.channel,
    told.category,
    countries.country,
    priorities.priority as priority_at_creation,
    told.occurred_at as created_at,
    told.business_date as created_date,
    told.first_solved_at,
    told.last_solved_at,
    told.is_open,
    told.reply_count,
    told.reopen_count,
    coalesce(handoffs.handoff_count, 0) as handoff_count,
    coalesce(merged_into.merged_ticket_count, 0) as merged_ticket_count,
    case
        when told.is_open then cast(null as string)
        when told.reply_count = 0 then 'no_reply'
        when told.reply_count = 1 then 'one_touch'
        when told.reply_count = 2 then 'two_touch'
        when told.reply_count > 2 then 'multi_touch'
    end as touch_class,
    case
        when told.customer_id is null or told.first_solved_at is null then cast(null as boolean)
        when followed.next_opened_at < {{ add_days('told.first_solved_at', var('repeat_contact_days')) }} then true
        when {{ add_days('told.first_solved_at', var('repeat_contact_days')) }} <= {{ as_of() }} then false
    end as has_repeat_contact
from told
left join countries on told.ticket_id = countries.ticket_id and countries.recency = 1
left join calendars on told.ticket_id = calendars.ticket_id and calendars.place = 1
left join {{ ref('int_service__ticket_priorities') }} as priorities
    on told.ticket_id = priorities.ticket_id
    and told.occurred_at >= coalesce(priorities.valid_from, told.occurred_at)
    and (told.occurred_at < priorities.valid_to or priorities.valid_to is null)
left join handoffs on told.ticket_id = handoffs.ticket_id
left join merged_into on told.ticket_id = merged_into.ticket_id
left join followed on told.ticket_id = followed.ticket_id
