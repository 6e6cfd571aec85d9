-- The seasonality of each source at each valuation. A stranger can adjust days with it as the models do.
with indices as (
    select * from {{ ref('int_valuation__seasonal_indices') }}
)

select
    md5(valuation_id || ':' || source_system || ':' || cast(month_number as string)) as clv_seasonal_index_id,
    substr(valuation_id, 1, length(valuation_id) - 11) as purpose,
    cast(substr(valuation_id, length(valuation_id) - 9) as date) as window_to_date,
    source_system,
    month_number,
    seasonal_index
from indices
