-- What the matching learned: how often each level of agreement is seen among pairs that are one person, and by chance.
with levels as (
    select * from {{ ref('int_matching__comparison_levels') }}
)

select
    comparison || ':' || comparison_level as identity_match_level_id,
    comparison,
    comparison_level,
    share_among_same,
    share_among_others,
    match_weight,
    is_contradiction
from levels
