-- Every family of channels, and all of them together, has a target and a cap in both windows; the cap is above the
-- target, and 28 days allow what 7 do.
with families as (
    select distinct family as channel_family from {{ ref('channels') }}
    union
    select 'all' as channel_family
),

caps as (
    select * from {{ ref('contact_caps') }}
)

select
    families.channel_family,
    week.target_count as target_count_7_days,
    week.cap_count as cap_count_7_days,
    weeks.target_count as target_count_28_days,
    weeks.cap_count as cap_count_28_days
from families
left join caps as week on families.channel_family = week.channel_family and week.window_days = 7
left join caps as weeks on families.channel_family = weeks.channel_family and weeks.window_days = 28
where week.channel_family is null
    or weeks.channel_family is null
    or week.target_count >= week.cap_count
    or weeks.target_count >= weeks.cap_count
    or week.target_count > weeks.target_count
    or week.cap_count > weeks.cap_count
