-- What may have led a customer to buy, told by the channel that it came through. A contact counts if it is the message
-- of a campaign that reached the customer, an agent's call or visit, or a visit to site or app that a campaign brought;
-- that one is of the channel that brought it. A visit that nothing brought is the customer's own. Cases and surveys
-- follow a purchase more than they lead to one.
with campaigns as (
    select
        campaign,
        min(acquisition_channel) as acquisition_channel
    from {{ ref('ad_campaign_days') }}
    group by campaign
),

visits as (
    select
        sessions.customer_id,
        sessions.started_at as occurred_at,
        sessions.started_date as business_date,
        coalesce(campaigns.acquisition_channel, sessions.utm_medium, sessions.utm_source) as channel
    from {{ ref('sessions') }} as sessions
    left join campaigns on sessions.utm_campaign = campaigns.campaign
),

contacts as (
    select
        customer_id,
        occurred_at,
        business_date,
        channel
    from {{ ref('int_contacts__touches') }}
    where has_reached_customer and touch_type in ('campaign_message', 'agent_activity')
    union all
    select
        customer_id,
        occurred_at,
        business_date,
        channel
    from visits
),

-- Web analytics calls direct, or (none), what nothing brought.
counted as (
    select
        customer_id,
        occurred_at,
        business_date,
        replace(channel, '>', '-') as channel
    from contacts
    where customer_id is not null
        and business_date <= {{ as_of_date() }}
        and channel not in ('direct', '(none)')
),

-- What a link says may be anything, a name even: a channel of too few customers is not told apart.
channels as (
    select
        channel,
        case when {{ too_few('count(distinct customer_id)') }} then 'other' else channel end as shown_channel
    from counted
    group by channel
)

select
    counted.customer_id,
    counted.occurred_at,
    counted.business_date,
    channels.shown_channel as channel
from counted
inner join channels on counted.channel = channels.channel
