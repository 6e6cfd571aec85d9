-- How many stays have ended after so many days by each next stage: the cumulative incidence of Aalen, Johansen (1978,
-- An Empirical Transition Matrix for Non-homogeneous Markov Chains Based on Censored Observations, Scandinavian Journal
-- of Statistics 5:141), in which who went elsewhere cannot come any more; 1 - Kaplan-Meier of each next stage by itself
-- would sum to more than one. The variance is the one by the delta method (Marubini, Valsecchi 1995, Analysing Survival
-- Data from Clinical Trials and Observational Studies, 10.3), its sums written out so that one pass makes them.
with survival as (
    select * from {{ ref('int_journey__dwell_survival') }}
    where left_count > 0
),

exits as (
    select * from {{ ref('int_journey__dwell_counts') }}
    where next_stage is not null
),

next_stages as (
    select distinct known_at, axis, dimension, dimension_value, stage, next_stage
    from exits
),

steps as (
    select
        survival.known_at,
        survival.axis,
        survival.dimension,
        survival.dimension_value,
        survival.stage,
        next_stages.next_stage,
        survival.stage_days,
        cast(survival.at_risk_count as double) as at_risk,
        cast(survival.survival_before as double) as survival_before,
        cast(survival.greenwood_sum as double) as greenwood_sum,
        cast(survival.left_count as double) / survival.at_risk_count
        / nullif(survival.at_risk_count - survival.left_count, 0) as greenwood_step,
        cast(coalesce(exits.stay_count, 0) as double) as exit_count
    from survival
    inner join next_stages
        on survival.known_at = next_stages.known_at
        and survival.axis = next_stages.axis
        and survival.dimension = next_stages.dimension
        and survival.dimension_value = next_stages.dimension_value
        and survival.stage = next_stages.stage
    left join exits
        on survival.known_at = exits.known_at
        and survival.axis = exits.axis
        and survival.dimension = exits.dimension
        and survival.dimension_value = exits.dimension_value
        and survival.stage = exits.stage
        and survival.stage_days = exits.stage_days
        and next_stages.next_stage = exits.next_stage
),

incidences as (
    select
        *,
        sum(survival_before * exit_count / at_risk) over (
            partition by known_at, axis, dimension, dimension_value, stage, next_stage
            order by stage_days rows between unbounded preceding and current row
        ) as incidence
    from steps
),

terms as (
    select
        *,
        incidence * greenwood_step as incidence_greenwood_term,
        incidence * incidence * greenwood_step as square_greenwood_term,
        power(survival_before, 2) * exit_count * (at_risk - exit_count) / power(at_risk, 3) as binomial_term,
        survival_before * exit_count / power(at_risk, 2) as exit_term,
        incidence * survival_before * exit_count / power(at_risk, 2) as incidence_exit_term
    from incidences
),

sums as (
    select
        {% for name in ['incidence_greenwood', 'square_greenwood', 'binomial', 'exit', 'incidence_exit'] %}
        coalesce(sum({{ name }}_term) over (
            partition by known_at, axis, dimension, dimension_value, stage, next_stage
            order by stage_days rows between unbounded preceding and current row
        ), 0) as {{ name }}_sum,
        {% endfor %}
        *
    from terms
)

select
    known_at,
    axis,
    dimension,
    dimension_value,
    stage,
    next_stage,
    stage_days,
    lead(stage_days) over (
        partition by known_at, axis, dimension, dimension_value, stage, next_stage order by stage_days
    ) as next_stage_days,
    cast(incidence as decimal(18, 12)) as incidence,
    cast(greatest(
        incidence * incidence * greenwood_sum - 2 * incidence * incidence_greenwood_sum + square_greenwood_sum
        + binomial_sum - 2 * (incidence * exit_sum - incidence_exit_sum), 0
    ) as decimal(18, 12)) as incidence_variance
from sums
