-- Sessions hold every web event once, and no two customers, accounts, or silences longer than the var allows.
with events as (
    select
        *,
        lag(occurred_at) over (partition by session_id order by occurred_at, web_event_id) as previous_at
    from {{ ref('web_events') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

counted as (
    select
        session_id,
        count(*) as event_count,
        count(distinct source_system || ':' || channel || ':' || anonymous_id) as visitor_count,
        count(distinct account_id) as account_count,
        count(distinct customer_id) as customer_count,
        max(customer_id) as customer_id,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        max(loaded_at) as loaded_at,
        sum(case
            when occurred_at > {{ add_minutes('previous_at', var('session_inactivity_minutes')) }} then 1 else 0
        end) as silence_count
    from events
    group by session_id
)

select
    coalesce(sessions.session_id, counted.session_id) as session_id,
    sessions.event_count as stated_event_count,
    counted.event_count,
    counted.visitor_count,
    counted.account_count,
    counted.customer_count,
    counted.silence_count
from sessions
full outer join counted on sessions.session_id = counted.session_id
where sessions.event_count is distinct from counted.event_count
    or sessions.started_at is distinct from counted.started_at
    or sessions.ended_at is distinct from counted.ended_at
    or sessions.loaded_at is distinct from counted.loaded_at
    or sessions.customer_id is distinct from counted.customer_id
    or counted.visitor_count > 1
    or counted.account_count > 1
    or counted.customer_count > 1
    or counted.silence_count > 0
