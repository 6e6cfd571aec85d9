-- What advertising cost beyond what records say of the customers it won: the bills of a month and channel, less the
-- acquisition costs recorded of those who were won in it by that channel, in equal shares. So nothing counts twice, and
-- where no record says a cost, the whole bill is shared out. What a channel billed in a month in which it won nobody
-- is nobody's.
with bills as (
    select
        channel,
        cast(date_trunc('month', campaign_date) as date) as month_date,
        sum(spend_amount) as spend_amount
    from {{ ref('ad_campaign_days') }}
    where cast(campaign_date as timestamp) < {{ as_of() }}
    group by channel, cast(date_trunc('month', campaign_date) as date)
),

recorded as (
    select customer_id, sum(acquisition_cost_amount) as acquisition_cost_amount
    from {{ ref('customer_records') }}
    where customer_id is not null and (occurred_at is null or occurred_at < {{ as_of() }})
    group by customer_id
),

won as (
    select
        segments.customer_id,
        segments.acquisition_channel,
        cast(date_trunc('month', segments.won_at) as date) as month_date,
        coalesce(recorded.acquisition_cost_amount, 0) as recorded_amount
    from {{ ref('int_value__customer_segments') }} as segments
    left join recorded on segments.customer_id = recorded.customer_id
    where segments.won_at < {{ as_of() }}
),

won_by_channel as (
    select acquisition_channel, month_date, count(*) as customer_count, sum(recorded_amount) as recorded_amount
    from won
    group by acquisition_channel, month_date
)

select
    won.customer_id,
    won.month_date,
    cast(
        cast(bills.spend_amount - won_by_channel.recorded_amount as double) / won_by_channel.customer_count
        as decimal(18, 4)
    ) as advertising_amount
from won
inner join won_by_channel
    on won.acquisition_channel = won_by_channel.acquisition_channel and won.month_date = won_by_channel.month_date
inner join bills on won.acquisition_channel = bills.channel and won.month_date = bills.month_date
where bills.spend_amount > won_by_channel.recorded_amount
