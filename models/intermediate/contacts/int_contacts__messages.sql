-- What became of each message of a campaign until the as-of day. An open within seconds of the delivery, or before it,
-- is a machine's: a proxy or scanner that fetches the pictures as the message arrives.
with message_events as (
    select * from {{ ref('message_events') }}
    where occurred_at is not null and business_date <= {{ as_of_date() }}
),

messages as (
    select
        message_id,
        source_system,
        max(customer_id) as customer_id,
        max(campaign) as campaign,
        max(channel) as channel,
        max(offer_category) as offer_category,
        min(case when event_type in ('sent', 'held_out') then business_date end) as assigned_date,
        min(business_date) as first_event_date,
        min(case when event_type in ('sent', 'delivered') then occurred_at end) as sent_at,
        min(case when event_type = 'delivered' then occurred_at end) as delivered_at,
        {%- for event_type in ['held_out', 'bounced', 'clicked', 'unsubscribed', 'complained'] %}
        max(case when event_type = '{{ event_type }}' then 1 else 0 end) = 1 as was_{{ event_type }},
        {%- endfor %}
        max(case when {{ message_has_happened() }} then 1 else 0 end) = 1 as was_sent,
        sum(cost_amount) as cost_amount
    from message_events
    group by message_id, source_system
),

opens as (
    select
        message_events.message_id,
        coalesce(
            {{ seconds_between('coalesce(messages.delivered_at, messages.sent_at)', 'message_events.occurred_at') }}
            < {{ var('machine_open_seconds') }}, false
        ) as is_by_machine
    from message_events
    inner join messages on message_events.message_id = messages.message_id
    where message_events.event_type = 'opened'
),

openings as (
    select
        message_id,
        max(case when is_by_machine then 0 else 1 end) = 1 as was_opened,
        max(case when is_by_machine then 1 else 0 end) = 1 as was_opened_by_machine
    from opens
    group by message_id
)

select
    messages.message_id,
    messages.source_system,
    messages.customer_id,
    messages.campaign,
    messages.channel,
    messages.offer_category,
    coalesce(messages.assigned_date, messages.first_event_date) as assigned_date,
    messages.was_held_out and not messages.was_sent as was_held_out,
    messages.was_sent,
    messages.was_sent and (messages.delivered_at is not null or not messages.was_bounced) as was_delivered,
    messages.was_bounced,
    coalesce(openings.was_opened, false) or messages.was_clicked as was_opened,
    coalesce(openings.was_opened_by_machine, false) as was_opened_by_machine,
    messages.was_clicked,
    messages.was_unsubscribed,
    messages.was_complained as was_complained_of,
    cast(messages.cost_amount as decimal(28, 4)) as cost_amount
from messages
left join openings on messages.message_id = openings.message_id
