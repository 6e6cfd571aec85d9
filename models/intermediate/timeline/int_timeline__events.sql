-- Every event of the four types in one shape. An event without a time (a record that says not since when) has no place
-- in time, and is not here; neither is what did not reach the customer: a message only planned, or held out, and a note
-- among agents.
select
    'customer_records:' || customer_record_id as event_id,
    customer_id,
    'descriptive' as data_type,
    'customer_records' as entity,
    'recorded' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'record in ' || source_system as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('customer_records') }}
where occurred_at is not null
union all
select
    'consents:' || consent_id as event_id,
    customer_id,
    'descriptive' as data_type,
    'consents' as entity,
    case when is_granted then 'granted' else 'withdrawn' end as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'consent to ' || purpose as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('consents') }}
where occurred_at is not null
union all
select
    'orders:' || order_id as event_id,
    customer_id,
    'behavioural' as data_type,
    'orders' as entity,
    status as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'order' as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('orders') }}
where occurred_at is not null
union all
select
    'order_lines:' || order_line_id as event_id,
    customer_id,
    'behavioural' as data_type,
    'order_lines' as entity,
    'ordered' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    cast(quantity as string) || ' of ' || product_id as description,
    cast(amount as decimal(18, 4)) as event_value
from {{ ref('order_lines') }}
where occurred_at is not null
union all
select
    'payments:' || payment_id as event_id,
    customer_id,
    'behavioural' as data_type,
    'payments' as entity,
    'paid' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'payment by ' || coalesce(payment_method, 'unknown means') as description,
    cast(amount as decimal(18, 4)) as event_value
from {{ ref('payments') }}
where occurred_at is not null
union all
select
    'refunds:' || refund_id as event_id,
    customer_id,
    'behavioural' as data_type,
    'refunds' as entity,
    'refunded' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'refund' as description,
    cast(-amount as decimal(18, 4)) as event_value
from {{ ref('refunds') }}
where occurred_at is not null
union all
select
    'survey_answers:' || survey_answer_id as event_id,
    customer_id,
    'attitudinal' as data_type,
    'survey_answers' as entity,
    'answered' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    touchpoint,
    true as is_identified,
    instrument || ': ' || question as description,
    cast(score as decimal(18, 4)) as event_value
from {{ ref('survey_answers') }}
where occurred_at is not null
union all
select
    'reviews:' || review_order_id as event_id,
    customer_id,
    'attitudinal' as data_type,
    'reviews' as entity,
    'reviewed' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    touchpoint,
    true as is_identified,
    instrument as description,
    cast(rating as decimal(18, 4)) as event_value
from {{ ref('reviews') }}
where occurred_at is not null
union all
select
    'survey_invitation_events:' || survey_invitation_event_id as event_id,
    customer_id,
    'interaction' as data_type,
    'survey_invitation_events' as entity,
    event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'invitation to ' || instrument as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('survey_invitation_events') }}
where occurred_at is not null
union all
select
    'message_events:' || message_event_id as event_id,
    customer_id,
    'interaction' as data_type,
    'message_events' as entity,
    event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'message of ' || coalesce(campaign, 'no campaign') as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('message_events') }}
where occurred_at is not null and event_type not in ('planned', 'held_out')
union all
select
    'web_events:' || web_event_id as event_id,
    customer_id,
    'interaction' as data_type,
    'web_events' as entity,
    event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    is_identified,
    coalesce(page, event_type) as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('web_events') }}
where occurred_at is not null
union all
select
    'opportunity_events:' || opportunity_event_id as event_id,
    customer_id,
    'interaction' as data_type,
    'opportunity_events' as entity,
    stage as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'opportunity ' || opportunity_id as description,
    cast(expected_amount as decimal(18, 4)) as event_value
from {{ ref('opportunity_events') }}
where occurred_at is not null
union all
select
    'delivery_events:' || delivery_event_id as event_id,
    customer_id,
    'interaction' as data_type,
    'delivery_events' as entity,
    event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    'delivery' as touchpoint,
    true as is_identified,
    'delivery of ' || order_id as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('delivery_events') }}
where occurred_at is not null
union all
select
    'life_events:' || life_event_id as event_id,
    customer_id,
    'descriptive' as data_type,
    'life_events' as entity,
    life_event_type as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'life event: ' || life_event_type as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('life_events') }}
where occurred_at is not null
union all
select
    'customer_attribute_changes:' || customer_attribute_change_id as event_id,
    customer_id,
    'descriptive' as data_type,
    'customer_attribute_changes' as entity,
    'changed' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'change of ' || attribute as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('customer_attribute_changes') }}
where occurred_at is not null
union all
select
    'subscriptions:' || subscription_id || ':started' as event_id,
    customer_id,
    'behavioural' as data_type,
    'subscriptions' as entity,
    'started' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'subscription to ' || plan as description,
    monthly_amount as event_value
from {{ ref('subscriptions') }}
where occurred_at is not null
union all
select
    'subscriptions:' || subscription_id || ':ended' as event_id,
    customer_id,
    'behavioural' as data_type,
    'subscriptions' as entity,
    'ended' as event_type,
    ended_at as occurred_at,
    {{ local_date('ended_at', 'time_zone') }} as business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'subscription to ' || plan as description,
    cast(-monthly_amount as decimal(18, 4)) as event_value
from {{ ref('subscriptions') }}
where ended_at is not null
union all
select
    'product_usage:' || product_usage_id as event_id,
    customer_id,
    'behavioural' as data_type,
    'product_usage' as entity,
    'used' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    cast(null as string) as channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'use of ' || feature as description,
    cast(quantity as decimal(18, 4)) as event_value
from {{ ref('product_usage') }}
where occurred_at is not null
union all
select
    'stated_needs:' || stated_need_id as event_id,
    customer_id,
    'attitudinal' as data_type,
    'stated_needs' as entity,
    'stated' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'need of ' || need as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('stated_needs') }}
where occurred_at is not null
union all
select
    'mentions:' || mention_id as event_id,
    customer_id,
    'attitudinal' as data_type,
    'mentions' as entity,
    'mentioned' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    'mention on ' || coalesce(platform, 'a platform') as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('mentions') }}
where occurred_at is not null
union all
select
    'agent_activities:' || agent_activity_id as event_id,
    customer_id,
    'interaction' as data_type,
    'agent_activities' as entity,
    activity_type as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    cast(null as string) as touchpoint,
    true as is_identified,
    coalesce(direction || ' ', '') || activity_type as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('agent_activities') }}
where occurred_at is not null
union all
select
    'ticket_events:' || ticket_event_id as event_id,
    customer_id,
    'interaction' as data_type,
    'ticket_events' as entity,
    event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    'support' as touchpoint,
    true as is_identified,
    'case ' || ticket_id as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('ticket_events') }}
where occurred_at is not null
union all
select
    'ticket_comments:' || ticket_comment_id as event_id,
    customer_id,
    'interaction' as data_type,
    'ticket_comments' as entity,
    'commented' as event_type,
    occurred_at,
    business_date,
    loaded_at,
    source_system,
    source_record_id,
    channel,
    'support' as touchpoint,
    true as is_identified,
    'message by ' || author as description,
    cast(null as decimal(18, 4)) as event_value
from {{ ref('ticket_comments') }}
where occurred_at is not null and coalesce(is_public, true)
