with campaign_days as (
    select * from {{ loaded_rows(ref('base_ads__campaign_days')) }}
)

select
    'ads:' || cast(campaign_date as string) || ':' || acquisition_channel || ':' || campaign as ad_campaign_day_id,
    'ads' as source_system,
    cast(campaign_date as string) || ':' || acquisition_channel || ':' || campaign as source_record_id,
    {{ start_of_day('campaign_date', 'ads') }} as occurred_at,
    loaded_at,
    campaign_date,
    campaign,
    acquisition_channel,
    impression_count,
    click_count,
    currency,
    spend as original_spend_amount
from campaign_days
