-- The rhythm of each source at each valuation: with it a stranger can turn days into the time that the models know.
with indices as (
    select * from {{ ref('int_statistics__season_indices') }}
)

select
    md5(valuation_id || ':' || source_system || ':' || cast(month_number as string)) as clv_season_index_id,
    substr(valuation_id, 1, length(valuation_id) - 11) as purpose,
    cast(substr(valuation_id, length(valuation_id) - 9) as date) as window_to_date,
    source_system,
    month_number,
    season_index
from indices
