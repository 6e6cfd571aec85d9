-- The stays of customers in stages, as they are known at the as-of moment, and as they were before the hold-out by
-- which forecasts are judged. Whoever of those went on then: what became of them is the answer. Customers of whom a
-- stage of that time was worked out by a model that was fitted later are left out of what was known then.
with clock as (
    select
        as_of_at,
        {{ add_days('as_of_at', '-' ~ (var('next_stage_days') | max)) }} as holdout_from
    from {{ ref('int_clock__as_of') }}
),

stages as (
    select
        stages.customer_id,
        stages.axis,
        stages.stage,
        lead(stages.stage) over (partition by stages.customer_id, stages.axis order by stages.valid_from) as next_stage,
        stages.valid_from,
        stages.valid_to,
        stages.stage_days,
        clock.holdout_from
    from {{ ref('journey_stages') }} as stages
    cross join clock
),

fits as (
    select distinct fit_id, window_to_date
    from {{ ref('int_valuation__model_fits') }}
),

known_later as (
    select distinct rhythms.customer_id
    from {{ ref('int_journey__rhythms') }} as rhythms
    inner join fits on rhythms.fit_id = fits.fit_id
    cross join clock
    where not rhythms.is_known_then
        and rhythms.purchase_date < cast(clock.holdout_from as date)
        and fits.window_to_date >= cast(clock.holdout_from as date)
),

before as (
    select
        stages.*,
        stages.valid_to is not null and stages.valid_to < stages.holdout_from as has_ended
    from stages
    left join known_later on stages.customer_id = known_later.customer_id
    where stages.valid_from < stages.holdout_from and known_later.customer_id is null
)

select
    'as_of' as known_at,
    customer_id,
    axis,
    stage,
    next_stage,
    stage_days,
    cast(null as string) as later_stage,
    cast(null as bigint) as days_later
from stages
union all
select
    'holdout_start',
    customer_id,
    axis,
    stage,
    case when has_ended then next_stage end,
    case when has_ended then stage_days else {{ days_between('valid_from', 'holdout_from') }} end,
    case when not has_ended then next_stage end,
    case when not has_ended then {{ days_between('holdout_from', 'valid_to') }} end
from before
