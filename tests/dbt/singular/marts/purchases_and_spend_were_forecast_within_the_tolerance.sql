-- Of a source with purchases enough in the hold-out, purchases and spend are not further off than the tolerance.
select
    source_system,
    predicted_purchases,
    actual_purchase_count,
    bias,
    predicted_spend_amount,
    actual_spend_amount,
    spend_bias
from {{ ref('clv_calibration') }}
where grouping = 'all'
    and actual_purchase_count >= {{ var('minimum_calibration_purchases') }}
    and (abs(bias) > {{ var('calibration_tolerance') }} or abs(spend_bias) > {{ var('calibration_spend_tolerance') }})
