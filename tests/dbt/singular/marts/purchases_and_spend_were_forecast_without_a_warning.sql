{{ config(severity='warn') }}

-- Beyond this the run goes on, and says so: the forecast is not good enough to plan with unseen.
select
    source_system,
    predicted_purchases,
    actual_purchase_count,
    bias,
    predicted_spend_amount,
    actual_spend_amount,
    spend_bias
from {{ ref('clv_calibration') }}
where dimension = 'all'
    and actual_purchase_count >= {{ var('minimum_calibration_purchases') }}
    and (abs(bias) > {{ var('calibration_warning') }} or abs(spend_bias) > {{ var('calibration_spend_warning') }})
