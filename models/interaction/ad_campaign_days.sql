with staged as (
    {{ union_staging('ad_campaign_days', computed=['spend_amount']) }}
)

select
    staged.ad_campaign_day_id,
    staged.source_system,
    staged.source_record_id,
    staged.occurred_at,
    staged.loaded_at,
    staged.campaign_date,
    staged.campaign,
    staged.acquisition_channel,
    staged.impression_count,
    staged.click_count,
    staged.currency,
    staged.original_spend_amount,
    {{ in_base_currency('staged.original_spend_amount', 'staged.currency') }} as spend_amount
from staged
{{ exchange_rate_join('staged', 'campaign_date') }}
