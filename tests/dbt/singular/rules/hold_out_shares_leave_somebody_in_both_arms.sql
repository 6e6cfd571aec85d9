-- A share of 0 or 1 leaves nobody to compare with.
select
    source_system,
    campaign,
    held_out_share
from {{ ref('hold_out_shares') }}
where held_out_share <= 0 or held_out_share >= 1
