-- Service as the customer of each case saw it, by the clock and by the hours of its calendar.
{% set spans = [
    'first_assignment', 'first_reply', 'total_reply', 'awaiting_reply', 'first_resolution', 'full_resolution',
    'customer_wait', 'agent_wait', 'on_hold'
] %}
{% set promised = ['first_reply', 'first_resolution', 'full_resolution'] %}
{# What has not ended has no figure yet; these go on, and count as far as they have come. #}
{% set running = ['awaiting_reply', 'customer_wait', 'agent_wait', 'on_hold'] %}

with cases as (
    select * from {{ ref('int_service__cases') }}
),

tickets as (
    select * from {{ ref('tickets') }}
),

measures as (
    select
        *,
        cast(cast(calendar_seconds as double) / 60 as decimal(18, 2)) as calendar_minutes,
        cast(cast(business_seconds as double) / 60 as decimal(18, 2)) as business_minutes
    from {{ ref('int_service__ticket_measures') }}
),

by_ticket as (
    select
        ticket_id,
        {% for measure in spans -%}
        {% set shown = "measure = '" ~ measure ~ "'" ~ ('' if measure in running else ' and is_ended') -%}
        max(case when {{ shown }} then calendar_minutes end) as {{ measure }}_minutes,
        max(case when {{ shown }} then business_minutes end) as {{ measure }}_business_minutes,
        {% endfor -%}
        {% for measure in promised -%}
        max(case when measure = '{{ measure }}' then target_minutes end) as {{ measure }}_target_minutes,
        max(case when measure = '{{ measure }}' then target_minutes_left end) as {{ measure }}_target_minutes_left,
        max(case when measure = '{{ measure }}' then cast(is_within_target as int) end) = 1
            as is_{{ measure }}_within_target,
        {% endfor -%}
        max(case when measure = 'first_reply' and is_ended then ended_at end) as first_replied_at,
        max(case when measure = 'first_reply' and is_ended then priority end) as priority_at_first_reply
    from measures
    group by ticket_id
),

aged as (
    select
        *,
        case
            when is_open then {{ days_between('created_date', as_of_date()) }}
        end as open_day_count
    from cases
),

age_classes as (
    select
        aged.ticket_id,
        classes.age_class,
        row_number() over (partition by aged.ticket_id order by classes.least_days desc) as place
    from aged
    inner join {{ ref('backlog_age_classes') }} as classes on aged.open_day_count >= classes.least_days
)

select
    aged.ticket_id,
    aged.customer_id,
    aged.source_system,
    aged.channel,
    aged.category,
    aged.country,
    aged.calendar,
    aged.created_at,
    aged.created_date,
    aged.priority_at_creation,
    by_ticket.priority_at_first_reply,
    by_ticket.first_replied_at,
    aged.first_solved_at,
    aged.last_solved_at as solved_at,
    aged.is_open,
    aged.open_day_count,
    age_classes.age_class,
    by_ticket.first_assignment_minutes,
    by_ticket.first_assignment_business_minutes,
    by_ticket.first_reply_minutes,
    by_ticket.first_reply_business_minutes,
    by_ticket.total_reply_minutes,
    by_ticket.total_reply_business_minutes,
    by_ticket.awaiting_reply_minutes,
    by_ticket.awaiting_reply_business_minutes,
    by_ticket.first_resolution_minutes,
    by_ticket.first_resolution_business_minutes,
    by_ticket.full_resolution_minutes,
    by_ticket.full_resolution_business_minutes,
    by_ticket.customer_wait_minutes,
    by_ticket.customer_wait_business_minutes,
    by_ticket.agent_wait_minutes,
    by_ticket.agent_wait_business_minutes,
    by_ticket.on_hold_minutes,
    by_ticket.on_hold_business_minutes,
    by_ticket.first_reply_target_minutes,
    by_ticket.first_reply_target_minutes_left,
    by_ticket.is_first_reply_within_target,
    by_ticket.first_resolution_target_minutes,
    by_ticket.first_resolution_target_minutes_left,
    by_ticket.is_first_resolution_within_target,
    by_ticket.full_resolution_target_minutes,
    by_ticket.full_resolution_target_minutes_left,
    by_ticket.is_full_resolution_within_target,
    cast(aged.reply_count as bigint) as reply_count,
    aged.touch_class,
    cast(aged.reopen_count as bigint) as reopen_count,
    cast(aged.handoff_count as bigint) as handoff_count,
    cast(aged.merged_ticket_count as bigint) as merged_ticket_count,
    aged.has_repeat_contact,
    case when tickets.satisfaction_rated_at < {{ as_of() }} then tickets.satisfaction_score end as satisfaction_score
from aged
inner join tickets on aged.ticket_id = tickets.ticket_id
left join by_ticket on aged.ticket_id = by_ticket.ticket_id
left join age_classes on aged.ticket_id = age_classes.ticket_id and age_classes.place = 1
