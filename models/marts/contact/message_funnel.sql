-- What became of the messages of each campaign, channel and offer, from planning to order and refund, and what they
-- cost. An order is one that came after a message was delivered, and not because of it: campaign_uplift tells that.
with messages as (
    select
        *,
        cast(
            {{ add_days('cast(assigned_date as timestamp)', var('campaign_outcome_days') | int - 1) }} as date
        ) as last_outcome_date
    from {{ ref('int_contacts__messages') }}
),

purchases as (
    select * from {{ ref('int_value__purchase_margins') }}
),

ordered as (
    select
        messages.message_id,
        max(case when purchases.refund_amount > 0 then 1 else 0 end) as was_refunded
    from messages
    inner join purchases
        on messages.customer_id = purchases.customer_id
        and messages.assigned_date <= purchases.purchase_date
        and messages.last_outcome_date >= purchases.purchase_date
    where messages.was_delivered
    group by messages.message_id
),

counts as (
    select
        messages.source_system,
        messages.campaign,
        messages.channel,
        messages.offer_category,
        min(messages.assigned_date) as first_assigned_date,
        max(messages.assigned_date) as last_assigned_date,
        count(*) as planned_count,
        {%- for state in [
            'held_out', 'sent', 'bounced', 'delivered', 'opened', 'clicked', 'unsubscribed', 'complained_of'
        ] %}
        sum(case when messages.was_{{ state }} then 1 else 0 end) as {{ state }}_count,
        {%- endfor %}
        sum(case when messages.was_opened_by_machine and not messages.was_opened then 1 else 0 end)
            as machine_opened_count,
        count(ordered.message_id) as ordered_count,
        coalesce(sum(ordered.was_refunded), 0) as refunded_count,
        sum(messages.cost_amount) as cost_amount
    from messages
    left join ordered on messages.message_id = ordered.message_id
    group by messages.source_system, messages.campaign, messages.channel, messages.offer_category
)

select
    md5(concat_ws(
        ':',
        source_system,
        coalesce(campaign, ''),
        coalesce(channel, ''),
        coalesce(offer_category, '')
    )) as message_funnel_id,
    source_system,
    campaign,
    channel,
    offer_category,
    first_assigned_date,
    last_assigned_date,
    cast(planned_count as bigint) as planned_count,
    cast(held_out_count as bigint) as held_out_count,
    cast(sent_count as bigint) as sent_count,
    cast(bounced_count as bigint) as bounced_count,
    cast(delivered_count as bigint) as delivered_count,
    cast(opened_count as bigint) as opened_count,
    cast(machine_opened_count as bigint) as machine_opened_count,
    cast(clicked_count as bigint) as clicked_count,
    cast(ordered_count as bigint) as ordered_count,
    cast(refunded_count as bigint) as refunded_count,
    cast(unsubscribed_count as bigint) as unsubscribed_count,
    cast(complained_of_count as bigint) as complaint_count,
    cast(cost_amount as decimal(28, 4)) as cost_amount,
    cast(cast(opened_count as double) / nullif(delivered_count, 0) as decimal(18, 6)) as open_rate,
    cast(cast(clicked_count as double) / nullif(delivered_count, 0) as decimal(18, 6)) as click_rate,
    cast(cast(ordered_count as double) / nullif(delivered_count, 0) as decimal(18, 6)) as order_rate,
    cast(cast(unsubscribed_count as double) / nullif(delivered_count, 0) as decimal(18, 6)) as unsubscribe_rate
from counts
