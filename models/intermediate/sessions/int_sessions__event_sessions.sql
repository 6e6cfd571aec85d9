-- Which visit each event on a site or in an app belongs to. A visit is of one device on one channel; it ends with the
-- last event before a longer silence, and where another account logs in. All times are UTC: no day, and no change of
-- the clocks, ends one. It is named after the event of it that the warehouse learned of first, so that an event that
-- comes late changes no name; of two visits that it joins the one that was learned of first gives the name.
{{ config(meta={'incremental': {
    'key': ['source_system', 'channel', 'anonymous_id'],
    'inputs': {'web_events': ['source_system', 'channel', 'anonymous_id']},
}}) }}
{% set visitor = 'source_system, channel, anonymous_id' %}

with events as (
    {{ staged_columns('web_events', {
        'web_event_id': 'string',
        'source_system': 'string',
        'channel': 'string',
        'anonymous_id': 'string',
        'account_id': 'string',
        'occurred_at': 'timestamp',
        'loaded_at': 'timestamp',
    }) }}
),

followed as (
    select
        *,
        lag(occurred_at) over (partition by {{ visitor }} order by occurred_at, web_event_id) as previous_at
    from events
),

runs as (
    select
        *,
        sum(case
            when occurred_at <= {{ add_minutes('previous_at', var('session_inactivity_minutes')) }} then 0 else 1
        end) over (
            partition by {{ visitor }} order by occurred_at, web_event_id
            rows between unbounded preceding and current row
        ) as run_number
    from followed
),

-- The account before is that of the last event that had one: what a visitor does before the login changes nobody.
identified as (
    select
        *,
        lag(account_id) over (
            partition by {{ visitor }}, run_number, account_id is not null order by occurred_at, web_event_id
        ) as previous_account_id
    from runs
),

parts as (
    select
        *,
        sum(case when account_id <> previous_account_id then 1 else 0 end) over (
            partition by {{ visitor }}, run_number order by occurred_at, web_event_id
            rows between unbounded preceding and current row
        ) as part_number
    from identified
)

select
    web_event_id,
    {{ visitor }},
    md5(first_value(web_event_id) over (
        partition by {{ visitor }}, run_number, part_number order by loaded_at, occurred_at, web_event_id
        rows between unbounded preceding and unbounded following
    )) as session_id,
    row_number() over (
        partition by {{ visitor }}, run_number, part_number order by occurred_at, web_event_id
    ) as event_number
from parts
