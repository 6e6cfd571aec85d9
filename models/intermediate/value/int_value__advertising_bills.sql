-- What each channel's advertising cost in a month, whom it won in it, and what records say that these cost.
with bills as (
    select
        acquisition_channel,
        cast(date_trunc('month', campaign_date) as date) as month_date,
        sum(spend_amount) as spend_amount
    from {{ ref('ad_campaign_days') }}
    where campaign_date <= {{ as_of_date() }}
    group by acquisition_channel, cast(date_trunc('month', campaign_date) as date)
),

recorded as (
    select customer_id, sum(acquisition_cost_amount) as acquisition_cost_amount
    from {{ ref('customer_records') }}
    where {{ is_known_record() }}
    group by customer_id
),

won as (
    select
        segments.acquisition_channel,
        cast(date_trunc('month', segments.won_date) as date) as month_date,
        count(*) as customer_count,
        sum(recorded.acquisition_cost_amount) as recorded_amount
    from {{ ref('int_value__customer_segments') }} as segments
    left join recorded on segments.customer_id = recorded.customer_id
    where segments.won_date <= {{ as_of_date() }}
    group by segments.acquisition_channel, cast(date_trunc('month', segments.won_date) as date)
)

select
    bills.acquisition_channel,
    bills.month_date,
    bills.spend_amount,
    coalesce(won.customer_count, 0) as won_customer_count,
    coalesce(won.recorded_amount, 0) as recorded_amount
from bills
left join won on bills.acquisition_channel = won.acquisition_channel and bills.month_date = won.month_date
