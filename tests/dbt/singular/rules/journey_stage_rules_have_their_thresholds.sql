-- Each stage of an axis stands once; the rules that count have something to count to; who lapses was at risk before,
-- and who is loyal was active before.
with rules as (
    select *, count(*) over (partition by axis, stage) as times
    from {{ ref('journey_stage_rules') }}
),

thresholds as (
    select
        max(case when stage = 'active' then threshold end) as active_purchases,
        max(case when stage = 'loyal' then threshold end) as loyal_purchases,
        max(case when stage = 'at_risk' then threshold end) as at_risk_days,
        max(case when stage = 'lapsed' then threshold end) as lapsed_days
    from rules
    where axis = 'relationship'
)

select axis, stage, threshold, 'stands twice, or lacks its threshold' as problem
from rules
where times > 1 or (entered_by in ('purchase_count', 'days_without_purchase') and threshold is null)

union all

select 'relationship' as axis, null as stage, null as threshold, 'thresholds are missing or out of order' as problem
from thresholds
where coalesce(active_purchases >= 2 and active_purchases < loyal_purchases, false) = false
    or coalesce(at_risk_days > 0 and at_risk_days < lapsed_days, false) = false
