-- What became of messages, of all that Klaviyo has events of. A mail program that opens every mail by itself says
-- nothing of a person.
with events as (
    select * from {{ loaded_rows(ref('base_klaviyo__events')) }}
    where not is_by_machine
),

metrics as (
    select
        metric_id,
        case
            when metric_name in ('Received Email', 'Received SMS', 'Received Push') then 'delivered'
            when metric_name in ('Opened Email', 'Opened Push') then 'opened'
            when metric_name in ('Clicked Email', 'Clicked SMS') then 'clicked'
            when metric_name in ('Bounced Email', 'Failed to Deliver SMS', 'Bounced Push') then 'bounced'
            when metric_name = 'Marked Email as Spam' then 'complained'
            when metric_name in ('Unsubscribed', 'Unsubscribed from Email Marketing', 'Unsubscribed from SMS Marketing')
                then 'unsubscribed'
        end as event_type,
        case
            when metric_name like '%SMS%' then 'sms'
            when metric_name like '%Push%' then 'push'
            else 'email'
        end as channel
    from {{ loaded_rows(ref('base_klaviyo__metrics')) }}
),

campaign_messages as (
    select {{ json_field('item', ['id']) }} as source_message_id, max(campaign) as campaign
    from {{ json_items(loaded_rows(ref('base_klaviyo__campaigns')), 'messages') }} as message
    group by 1
)

select
    'klaviyo:' || events.source_event_id as message_event_id,
    -- One message to many is a message to each.
    'klaviyo:' || coalesce(events.source_message_id || ':' || events.source_customer_id, events.source_event_id)
        as message_id,
    'klaviyo' as source_system,
    events.source_event_id as source_record_id,
    'klaviyo' as customer_namespace,
    events.source_customer_id,
    events.occurred_at,
    events.loaded_at,
    coalesce(events.campaign, campaign_messages.campaign) as campaign,
    metrics.channel,
    metrics.event_type,
    cast(null as string) as offer_category,
    -- What a message costs is on the bill, and in no event.
    cast(null as string) as currency,
    cast(null as decimal(18, 4)) as original_cost_amount
from events
inner join metrics on events.metric_id = metrics.metric_id
left join campaign_messages on events.source_message_id = campaign_messages.source_message_id
where metrics.event_type is not null
