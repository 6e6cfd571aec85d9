-- Each rule of an axis stands once, and a position belongs to one stage. A rule that counts has something to count to,
-- above 0, and below 1 where it is a share or a probability. Of rules that count the same, the one further on counts
-- further. Who is won back by a purchase has been silent by another rule.
with rules as (
    select
        *,
        entered_by in ('own_rhythm', 'probability_alive') as is_share,
        entered_by in ('purchase_count', 'days_without_purchase', 'days_without_statement') as is_count,
        count(*) over (partition by axis, stage, entered_by) as times,
        min(stage) over (partition by axis, position) <> max(stage) over (partition by axis, position)
        or min(position) over (partition by axis, stage) <> max(position) over (partition by axis, stage)
            as is_misplaced,
        lag(threshold) over (partition by axis, entered_by order by position) as threshold_before
    from {{ ref('journey_stage_rules') }}
),

silences as (
    select distinct axis
    from rules
    where entered_by in ('own_rhythm', 'probability_alive', 'days_without_purchase')
)

select rules.axis, rules.stage, rules.threshold, 'stands twice, or shares its position' as problem
from rules
where rules.times > 1 or rules.is_misplaced

union all

select rules.axis, rules.stage, rules.threshold, 'lacks a threshold above 0, or below 1 of a share' as problem
from rules
where (rules.is_count and coalesce(rules.threshold, 0) <= 0)
    or (rules.is_share and (coalesce(rules.threshold, 0) <= 0 or rules.threshold >= 1))

union all

select rules.axis, rules.stage, rules.threshold, 'counts no further than the stage before it' as problem
from rules
where rules.is_count and rules.threshold <= rules.threshold_before

union all

select rules.axis, rules.stage, rules.threshold, 'no stage of the axis is entered by silence' as problem
from rules
left join silences on rules.axis = silences.axis
where rules.entered_by = 'purchase_after_silence' and silences.axis is null
