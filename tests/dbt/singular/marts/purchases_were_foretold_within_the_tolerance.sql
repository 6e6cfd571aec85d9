-- Of a source with purchases enough in the hold-out, those foretold in all are not further off than the tolerance.
select source_system, predicted_purchases, actual_purchase_count, bias
from {{ ref('clv_calibration') }}
where grouping = 'all'
    and actual_purchase_count >= {{ var('minimum_calibration_purchases') }}
    and abs(bias) > {{ var('calibration_tolerance') }}
