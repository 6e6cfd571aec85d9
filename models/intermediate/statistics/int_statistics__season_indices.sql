select
    valuation_id,
    source_system,
    month_number,
    season_index
from {{ source('statistics', 'season_indices') }}
