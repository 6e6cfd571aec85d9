-- What each channel is credited with, beside what it cost. A channel's cost is not of one type of purchase: it stands
-- where all are together.
with credits as (
    select * from {{ ref('int_attribution__credits') }}
),

bills as (
    select
        acquisition_channel as channel,
        spend_amount as cost_amount
    from {{ ref('ad_campaign_days') }}
    where campaign_date <= {{ as_of_date() }}
    union all
    select
        channel,
        cost_amount
    from {{ ref('int_contacts__touches') }}
    where cost_amount is not null and business_date <= {{ as_of_date() }}
),

channels as (
    select distinct channel from credits
),

-- A channel that reached too few to be told apart is other here, too.
costs as (
    select
        coalesce(channels.channel, 'other') as channel,
        'all' as conversion_type,
        cast(sum(bills.cost_amount) as decimal(28, 4)) as cost_amount
    from bills
    left join channels on bills.channel = channels.channel
    group by coalesce(channels.channel, 'other')
)

select
    concat_ws(':', credits.conversion_type, credits.channel, credits.attribution_model) as attribution_id,
    credits.conversion_type,
    credits.channel,
    credits.attribution_model,
    cast(credits.conversion_credit as decimal(18, 6)) as conversion_credit,
    cast(credits.conversion_credit_lower_95 as decimal(18, 6)) as conversion_credit_lower_95,
    cast(credits.conversion_credit_upper_95 as decimal(18, 6)) as conversion_credit_upper_95,
    cast(
        credits.conversion_credit
        / nullif(cast(sum(cast(credits.conversion_credit as decimal(18, 6))) over (
            partition by credits.conversion_type, credits.attribution_model
        ) as double), 0)
        as decimal(18, 6)
    ) as conversion_share,
    cast(credits.revenue_amount as decimal(28, 4)) as revenue_amount,
    costs.cost_amount,
    {{ quotient('costs.cost_amount', 'nullif(credits.conversion_credit, 0)') }} as cost_per_conversion_amount,
    cast(
        cast(credits.revenue_amount as double) / nullif(cast(costs.cost_amount as double), 0) as decimal(18, 6)
    ) as return_on_spend,
    cast(credits.removal_effect as decimal(18, 6)) as removal_effect,
    cast(credits.held_out_log_loss as decimal(18, 6)) as held_out_log_loss,
    credits.is_best_order,
    credits.estimated_at
from credits
left join costs on credits.channel = costs.channel and credits.conversion_type = costs.conversion_type
