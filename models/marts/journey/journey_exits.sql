-- How stays in a stage end: how many have gone to each next stage after so many days, and how many go on. What was not
-- observed that long has no figure.
with survival as (
    select * from {{ ref('int_journey__dwell_survival') }}
    where known_at = 'as_of'
),

incidence as (
    select * from {{ ref('int_journey__exit_incidence') }}
    where known_at = 'as_of'
),

dwell as (
    select * from {{ ref('journey_dwell') }}
),

-- Stays that go on are told under the stage itself.
exits as (
    select distinct axis, stage, next_stage
    from incidence
    union
    select distinct axis, stage, stage as next_stage
    from dwell
),

horizons as (
    select named.within_days
    from (values ({{ var('journey_days') | join('), (') }})) as named (within_days)
),

cells as (
    select
        dwell.journey_dwell_id,
        dwell.axis,
        dwell.dimension,
        dwell.dimension_value,
        dwell.stage,
        exits.next_stage,
        cast(horizons.within_days as bigint) as within_days,
        dwell.stay_count,
        dwell.customer_count,
        dwell.suppression_reason
    from dwell
    inner join exits on dwell.axis = exits.axis and dwell.stage = exits.stage
    cross join horizons
),

-- How many stays were seen for so long, at least, and how many went on.
followed as (
    select
        horizons.within_days,
        survival.axis,
        survival.dimension,
        survival.dimension_value,
        survival.stage,
        max(case when survival.stage_days >= horizons.within_days then survival.at_risk_count else 0 end)
            as followed_count,
        cast(min(case when survival.stage_days <= horizons.within_days then survival.survival else 1 end) as double)
            as survival,
        cast(
            max(case when survival.stage_days <= horizons.within_days then survival.greenwood_sum else 0 end) as double
        ) as greenwood_sum
    from survival
    cross join horizons
    group by
        horizons.within_days, survival.axis, survival.dimension, survival.dimension_value, survival.stage
),

observed as (
    select
        cells.*,
        followed.followed_count,
        case
            when cells.suppression_reason is not null then cells.suppression_reason
            when followed.followed_count = 0 and followed.survival > 0 then 'not observed for so long'
        end as reason,
        case
            when cells.next_stage = cells.stage then followed.survival
            else coalesce(cast(incidence.incidence as double), 0)
        end as probability,
        case
            when cells.next_stage = cells.stage then followed.survival * followed.survival * followed.greenwood_sum
            else coalesce(cast(incidence.incidence_variance as double), 0)
        end as variance
    from cells
    inner join followed
        on cells.within_days = followed.within_days
        and cells.axis = followed.axis
        and cells.dimension = followed.dimension
        and cells.dimension_value = followed.dimension_value
        and cells.stage = followed.stage
    left join incidence
        on cells.axis = incidence.axis
        and cells.dimension = incidence.dimension
        and cells.dimension_value = incidence.dimension_value
        and cells.stage = incidence.stage
        and cells.next_stage = incidence.next_stage
        and cells.within_days >= incidence.stage_days
        and (cells.within_days < incidence.next_stage_days or incidence.next_stage_days is null)
),

-- Where nobody has gone a way, or all have, those who were seen for so long tell how sure that is.
estimates as (
    select
        *,
        case when reason is null then probability end as shown_probability,
        coalesce(probability * (1 - probability) / nullif(variance, 0), greatest(followed_count, 1)) as told_count
    from observed
)

select
    md5(concat_ws(':', journey_dwell_id, next_stage, cast(within_days as string))) as journey_exit_id,
    axis,
    dimension,
    dimension_value,
    stage,
    next_stage,
    within_days,
    stay_count,
    customer_count,
    cast(followed_count as bigint) as followed_stay_count,
    reason is not null as is_suppressed,
    reason as suppression_reason,
    cast(shown_probability as decimal(18, 6)) as probability,
    cast({{ wilson_bound('lower', 'shown_probability', 'told_count') }} as decimal(18, 6)) as lower_95,
    cast({{ wilson_bound('upper', 'shown_probability', 'told_count') }} as decimal(18, 6)) as upper_95
from estimates
