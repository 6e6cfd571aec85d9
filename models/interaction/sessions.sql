{{ config(meta={'incremental': {
    'key': ['session_id'],
    'inputs': {'web_events': ['session_id'], 'int_sessions__event_sessions': ['session_id']},
}}) }}

with events as (
    select
        web_events.*,
        event_sessions.event_number,
        coalesce(web_events.utm_source, web_events.utm_medium, web_events.utm_campaign) is not null as has_campaign
    from {{ ref('web_events') }} as web_events
    inner join {{ ref('int_sessions__event_sessions') }} as event_sessions
        on web_events.web_event_id = event_sessions.web_event_id
),

placed as (
    select
        *,
        event_number = max(event_number) over (partition by session_id) as is_last,
        has_campaign and row_number() over (
            partition by session_id, has_campaign order by event_number
        ) = 1 as is_campaign
    from events
)

select
    session_id,
    -- Who logged in is known for sure; the device's customer is who it was seen with.
    coalesce(max(case when is_identified then customer_id end), max(customer_id)) as customer_id,
    source_system,
    max(case when event_number = 1 then source_record_id end) as source_record_id,
    max(loaded_at) as loaded_at,
    anonymous_id,
    max(account_id) as account_id,
    max(is_identified) as is_identified,
    channel,
    max(case when event_number = 1 then device end) as device,
    min(occurred_at) as started_at,
    max(case when event_number = 1 then business_date end) as started_date,
    max(occurred_at) as ended_at,
    max(case when is_last then business_date end) as ended_date,
    {{ seconds_between('min(occurred_at)', 'max(occurred_at)') }} as duration_seconds,
    cast(count(*) as bigint) as event_count,
    cast(sum(case when event_type = 'page_view' then 1 else 0 end) as bigint) as page_view_count,
    cast(sum(case when event_type = 'search' then 1 else 0 end) as bigint) as search_count,
    cast(sum(case when event_type = 'add_to_cart' then 1 else 0 end) as bigint) as add_to_cart_count,
    cast(sum(case when event_type = 'checkout' then 1 else 0 end) as bigint) as checkout_count,
    cast(sum(case when event_type = 'login' then 1 else 0 end) as bigint) as login_count,
    max(case when event_number = 1 then page end) as entry_page,
    max(case when is_last then page end) as exit_page,
    max(case when is_campaign then utm_source end) as utm_source,
    max(case when is_campaign then utm_medium end) as utm_medium,
    max(case when is_campaign then utm_campaign end) as utm_campaign
from placed
group by session_id, source_system, channel, anonymous_id
