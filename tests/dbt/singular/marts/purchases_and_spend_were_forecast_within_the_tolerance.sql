-- Of a source with purchases enough in the hold-out, purchases and spend are not further off than the tolerance, unless
-- it is no more than chance: where a few customers make most of a total, what one of them does says nothing of the
-- model.
select
    source_system,
    predicted_purchases,
    actual_purchase_count,
    bias,
    mean_error_lower_95,
    mean_error_upper_95,
    predicted_spend_amount,
    actual_spend_amount,
    spend_bias,
    mean_spend_error_lower_95_amount,
    mean_spend_error_upper_95_amount
from {{ ref('clv_calibration') }}
where dimension = 'all'
    and actual_purchase_count >= {{ var('minimum_calibration_purchases') }}
    and (
        (
            abs(bias) > {{ var('calibration_tolerance') }}
            and (mean_error_lower_95 > 0 or mean_error_upper_95 < 0)
        )
        or (
            abs(spend_bias) > {{ var('calibration_spend_tolerance') }}
            and (mean_spend_error_lower_95_amount > 0 or mean_spend_error_upper_95_amount < 0)
        )
    )
