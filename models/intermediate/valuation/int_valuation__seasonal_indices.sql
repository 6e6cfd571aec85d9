select
    valuation_id,
    source_system,
    month_number,
    seasonal_index
from {{ source('valuation', 'seasonal_indices') }}
