-- Each stage of an axis and each position stands once. A rule that counts has something to count to, above 0. Of rules
-- that count the same, the one further on counts further. Who is won back by a purchase had lapsed by another rule.
with rules as (
    select
        *,
        entered_by in ('purchase_count', 'days_without_purchase', 'purchase_after_silence') as has_threshold,
        count(*) over (partition by axis, stage) as times,
        count(*) over (partition by axis, position) as times_of_position,
        lag(threshold) over (partition by axis, entered_by order by position) as threshold_before
    from {{ ref('journey_stage_rules') }}
),

silences as (
    select distinct axis, threshold
    from rules
    where entered_by = 'days_without_purchase'
)

select rules.axis, rules.stage, rules.threshold, 'stands twice, or its position does' as problem
from rules
where rules.times > 1 or rules.times_of_position > 1

union all

select rules.axis, rules.stage, rules.threshold, 'lacks a threshold above 0' as problem
from rules
where rules.has_threshold and coalesce(rules.threshold, 0) <= 0

union all

select rules.axis, rules.stage, rules.threshold, 'counts no further than the stage before it' as problem
from rules
where rules.has_threshold and rules.threshold <= rules.threshold_before

union all

select rules.axis, rules.stage, rules.threshold, 'no stage is entered after so many days without a purchase' as problem
from rules
left join silences on rules.axis = silences.axis and rules.threshold = silences.threshold
where rules.entered_by = 'purchase_after_silence' and silences.threshold is null
