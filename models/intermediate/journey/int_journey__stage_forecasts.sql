-- How likely who is in a stage for so many days now is in each next stage a while later, by two models. `markov` knows
-- no days: leaving is as likely on each, as often as it was of all days in the stage. `dwell` takes of all stays that
-- lasted as long those that ended within the time, and by which stage: (F(d + h) - F(d)) / S(d) of the estimates of
-- Aalen, Johansen and Kaplan, Meier, the chance of leaving given that it has not been yet (a semi-Markov chain).
-- Each falls back on the simpler one, which counts as one stay more, and the simplest on chance: what was never seen is
-- unlikely, not impossible. Nobody is known to be anonymous until they are no more, so nothing is forecast of them.
with unknown_stages as (
    select distinct axis, stage
    from {{ ref('journey_stage_rules') }}
    where entered_by = 'anonymous_touch'
),

stays as (
    select stays.*
    from {{ ref('int_journey__stays') }} as stays
    left join unknown_stages on stays.axis = unknown_stages.axis and stays.stage = unknown_stages.stage
    where unknown_stages.stage is null
),

horizons as (
    select named.within_days
    from (values ({{ var('next_stage_days') | join('), (') }})) as named (within_days)
),

survival as (
    select * from {{ ref('int_journey__dwell_survival') }}
    where dimension = 'none'
),

incidence as (
    select * from {{ ref('int_journey__exit_incidence') }}
    where dimension = 'none'
),

-- Where somebody stands for d days, stays are alike that lasted so long at least.
positions as (
    select distinct
        stays.known_at,
        stays.axis,
        stays.stage,
        stays.stage_days,
        horizons.within_days
    from stays
    cross join horizons
    where stays.next_stage is null
),

-- What may come of a stage is what ever has; to stay is one of it.
outcomes as (
    select
        axis,
        stage,
        next_stage,
        count(*) over (partition by axis, stage) as outcome_count
    from (
        select distinct axis, stage, next_stage
        from stays
        where next_stage is not null
        union
        select distinct axis, stage, stage as next_stage
        from stays
    ) as seen
),

rates as (
    select
        known_at,
        axis,
        stage,
        cast(count(*) as double) as stay_count,
        cast(count(next_stage) as double) as exit_count,
        cast(sum(stage_days) as double) as seen_days
    from stays
    group by known_at, axis, stage
),

exits as (
    select
        known_at,
        axis,
        stage,
        next_stage,
        cast(count(*) as double) as exit_count
    from stays
    where next_stage is not null
    group by known_at, axis, stage, next_stage
),

markov as (
    select
        positions.known_at,
        positions.axis,
        positions.stage,
        positions.stage_days,
        positions.within_days,
        outcomes.next_stage,
        outcomes.outcome_count,
        rates.stay_count,
        coalesce(exits.exit_count, 0) / nullif(rates.exit_count, 0) as exit_share,
        exp(-coalesce(rates.exit_count / nullif(rates.seen_days, 0), 0) * positions.within_days) as going_on
    from positions
    inner join outcomes on positions.axis = outcomes.axis and positions.stage = outcomes.stage
    inner join rates
        on positions.known_at = rates.known_at and positions.axis = rates.axis and positions.stage = rates.stage
    left join exits
        on positions.known_at = exits.known_at
        and positions.axis = exits.axis
        and positions.stage = exits.stage
        and outcomes.next_stage = exits.next_stage
),

markov_forecasts as (
    select
        *,
        (
            stay_count * case
                when next_stage = stage then going_on
                else coalesce(exit_share, 0) * (1 - going_on)
            end
            + cast(1 as double) / outcome_count
        ) / (stay_count + 1) as probability
    from markov
),

alike as (
    select
        positions.known_at,
        positions.axis,
        positions.stage,
        positions.stage_days,
        positions.within_days,
        max(case when survival.stage_days >= positions.stage_days then survival.at_risk_count else 0 end)
            as alike_count,
        max(survival.stage_days) >= positions.stage_days + positions.within_days - 1 as is_seen_so_long,
        cast(min(case when survival.stage_days < positions.stage_days then survival.survival else 1 end) as double)
            as survival,
        cast(min(case
            when survival.stage_days < positions.stage_days + positions.within_days then survival.survival
            else 1
        end) as double) as later_survival
    from positions
    inner join survival
        on positions.known_at = survival.known_at
        and positions.axis = survival.axis
        and positions.stage = survival.stage
    group by positions.known_at, positions.axis, positions.stage, positions.stage_days, positions.within_days
),

alike_exits as (
    select
        positions.known_at,
        positions.axis,
        positions.stage,
        positions.stage_days,
        positions.within_days,
        incidence.next_stage,
        cast(
            max(incidence.incidence)
            - max(case when incidence.stage_days < positions.stage_days then incidence.incidence else 0 end)
            as double
        ) as later_incidence
    from positions
    inner join incidence
        on positions.known_at = incidence.known_at
        and positions.axis = incidence.axis
        and positions.stage = incidence.stage
        and positions.stage_days + positions.within_days > incidence.stage_days
    group by
        positions.known_at,
        positions.axis,
        positions.stage,
        positions.stage_days,
        positions.within_days,
        incidence.next_stage
),

dwell as (
    select
        markov_forecasts.known_at,
        markov_forecasts.axis,
        markov_forecasts.stage,
        markov_forecasts.stage_days,
        markov_forecasts.within_days,
        markov_forecasts.next_stage,
        markov_forecasts.probability as markov_probability,
        case when alike.is_seen_so_long or alike.later_survival = 0 then alike.alike_count else 0 end as alike_count,
        case
            when markov_forecasts.next_stage = markov_forecasts.stage then alike.later_survival
            else coalesce(alike_exits.later_incidence, 0)
        end / nullif(alike.survival, 0) as dwell_probability
    from markov_forecasts
    inner join alike
        on markov_forecasts.known_at = alike.known_at
        and markov_forecasts.axis = alike.axis
        and markov_forecasts.stage = alike.stage
        and markov_forecasts.stage_days = alike.stage_days
        and markov_forecasts.within_days = alike.within_days
    left join alike_exits
        on markov_forecasts.known_at = alike_exits.known_at
        and markov_forecasts.axis = alike_exits.axis
        and markov_forecasts.stage = alike_exits.stage
        and markov_forecasts.stage_days = alike_exits.stage_days
        and markov_forecasts.within_days = alike_exits.within_days
        and markov_forecasts.next_stage = alike_exits.next_stage
),

-- What was not seen for so long says nothing.
dwell_forecasts as (
    select
        *,
        (alike_count * coalesce(dwell_probability, 0) + markov_probability) / (alike_count + 1) as probability
    from dwell
)

select
    known_at,
    axis,
    stage,
    stage_days,
    cast(within_days as bigint) as within_days,
    next_stage,
    'markov' as forecast_model,
    cast(probability as decimal(18, 12)) as probability
from markov_forecasts
union all
select
    known_at,
    axis,
    stage,
    stage_days,
    cast(within_days as bigint),
    next_stage,
    'dwell',
    cast(probability as decimal(18, 12))
from dwell_forecasts
