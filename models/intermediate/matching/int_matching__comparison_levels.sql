select
    comparison,
    comparison_level,
    share_among_same,
    share_among_others,
    match_weight,
    is_contradiction
from {{ source('matching', 'comparison_levels') }}
