-- Every time the company and a customer were in contact, in one shape: who reached whom, when, through which channel,
-- for which campaign, at which cost. A message that was held out of its campaign on purpose is here, too, as one that
-- reached nobody: what contact does is told by those who had none.
with message_events as (
    select
        *,
        -- It reached the customer when it was delivered; where a channel does not tell, when it was sent. One that came
        -- back is there, too, though nothing else be told of it: it was meant for the customer.
        row_number() over (
            partition by message_id
            order by
                case event_type
                    when 'delivered' then 1
                    when 'sent' then 2
                    when 'bounced' then 3
                    when 'held_out' then 4
                    else 5
                end,
                occurred_at,
                message_event_id
        ) as place,
        -- Letters arrive days after they were sent, and who is held out is on the day the others are sent one.
        min(case when event_type in ('sent', 'held_out') then occurred_at end) over (
            partition by message_id
        ) as assigned_at,
        min(case when event_type in ('sent', 'held_out') then business_date end) over (
            partition by message_id
        ) as assigned_date,
        max(case when event_type = 'bounced' then 1 else 0 end) over (partition by message_id) = 1 as has_bounced,
        sum(cost_amount) over (partition by message_id) as message_cost_amount,
        max(case when event_type = 'held_out' then 1 else 0 end) over (
            partition by source_system, campaign
        ) = 1 as has_hold_out
    from {{ ref('message_events') }}
    where occurred_at is not null
),

messages as (
    select * from message_events
    where place = 1 and event_type in ('delivered', 'sent', 'bounced', 'held_out')
),

invitations as (
    select * from {{ ref('survey_invitation_events') }}
    where occurred_at is not null and event_type = 'sent'
),

opened_cases as (
    select * from {{ ref('ticket_events') }}
    where occurred_at is not null and event_type = 'created'
),

openings as (
    select distinct ticket_id, occurred_at from opened_cases
),

-- What a customer opened a case with is the opening, not another contact; a note among agents is none.
case_messages as (
    select comments.*
    from {{ ref('ticket_comments') }} as comments
    left join openings
        on comments.ticket_id = openings.ticket_id and comments.occurred_at = openings.occurred_at
    where comments.occurred_at is not null
        and {{ is_public_message('comments.is_public') }}
        and (comments.author <> 'customer' or openings.ticket_id is null)
),

activities as (
    select * from {{ ref('agent_activities') }}
    where occurred_at is not null
),

of_no_campaign as (
    select
        'survey_invitation_events:' || survey_invitation_event_id as touch_id,
        customer_id,
        source_system,
        'survey_invitation' as touch_type,
        'outbound' as direction,
        channel,
        occurred_at,
        business_date,
        cast(null as double) as handling_minutes
    from invitations
    union all
    select
        'ticket_events:' || ticket_event_id as touch_id,
        customer_id,
        source_system,
        'support_case' as touch_type,
        'inbound' as direction,
        channel,
        occurred_at,
        business_date,
        cast(null as double) as handling_minutes
    from opened_cases
    union all
    select
        'ticket_comments:' || ticket_comment_id as touch_id,
        customer_id,
        source_system,
        'support_message' as touch_type,
        case author when 'customer' then 'inbound' else 'outbound' end as direction,
        channel,
        occurred_at,
        business_date,
        cast(null as double) as handling_minutes
    from case_messages
    union all
    select
        'agent_activities:' || agent_activity_id as touch_id,
        customer_id,
        source_system,
        'agent_activity' as touch_type,
        direction,
        channel,
        occurred_at,
        business_date,
        cast(duration_minutes as double) as handling_minutes
    from activities
)

select
    'message_events:' || message_event_id as touch_id,
    customer_id,
    source_system,
    'campaign_message' as touch_type,
    'outbound' as direction,
    channel,
    occurred_at,
    business_date,
    campaign,
    offer_category,
    case when has_hold_out then case event_type when 'held_out' then 'held_out' else 'contacted' end end
        as experiment_arm,
    coalesce(assigned_at, occurred_at) as assigned_at,
    coalesce(assigned_date, business_date) as assigned_date,
    event_type <> 'held_out' and (event_type = 'delivered' or not has_bounced) as has_reached_customer,
    cast(message_cost_amount as decimal(28, 4)) as cost_amount,
    cast(null as double) as handling_minutes
from messages
union all
select
    touch_id,
    customer_id,
    source_system,
    touch_type,
    direction,
    channel,
    occurred_at,
    business_date,
    cast(null as string) as campaign,
    cast(null as string) as offer_category,
    cast(null as string) as experiment_arm,
    cast(null as timestamp) as assigned_at,
    cast(null as date) as assigned_date,
    true as has_reached_customer,
    cast(null as decimal(28, 4)) as cost_amount,
    handling_minutes
from of_no_campaign
