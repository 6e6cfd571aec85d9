-- What each measure of service comes to for a ticket, and whether it was within what is promised: by the priority that
-- the ticket had when the measure ended, as promises depend on it and priorities change.
with spans as (
    select * from {{ ref('int_service__span_seconds') }}
),

targets as (
    select * from {{ ref('service_level_targets') }}
),

measures as (
    select
        ticket_id,
        measure,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        min(case when is_ended then 1 else 0 end) = 1 as is_ended,
        cast(sum(calendar_seconds) as bigint) as calendar_seconds,
        cast(sum(business_seconds) as bigint) as business_seconds
    from spans
    group by ticket_id, measure
),

prioritised as (
    select measures.*, priorities.priority
    from measures
    left join {{ ref('int_service__ticket_priorities') }} as priorities
        on measures.ticket_id = priorities.ticket_id
        and (priorities.valid_from is null or measures.ended_at >= priorities.valid_from)
        and (priorities.valid_to is null or measures.ended_at < priorities.valid_to)
),

-- The target of a priority counts before that of all others.
promised as (
    select
        prioritised.*,
        coalesce(own.target_minutes, others.target_minutes) as target_minutes,
        case coalesce(own.hours, others.hours)
            when 'business' then prioritised.business_seconds
            when 'calendar' then prioritised.calendar_seconds
        end as target_seconds_taken
    from prioritised
    left join targets as own on prioritised.measure = own.measure and prioritised.priority = own.priority
    left join targets as others on prioritised.measure = others.measure and others.priority is null
)

select
    ticket_id,
    measure,
    started_at,
    ended_at,
    is_ended,
    calendar_seconds,
    business_seconds,
    priority,
    target_minutes,
    cast(cast(60 * target_minutes - target_seconds_taken as double) / 60 as decimal(18, 2)) as target_minutes_left,
    case
        when target_seconds_taken > 60 * target_minutes then false
        when is_ended then target_seconds_taken <= 60 * target_minutes
    end as is_within_target
from promised
