-- How long stays in a stage last, as a whole and cut by one dimension at a time. Stays that go on count for as long as
-- they were seen: without them, or as if they ended today, stages would look shorter than they are.
{% set quartiles = {'lower_quartile': 0.75, 'median': 0.5, 'upper_quartile': 0.25} %}

with survival as (
    select * from {{ ref('int_journey__dwell_survival') }}
    where known_at = 'as_of'
),

people as (
    select
        stages.axis,
        cuts.dimension,
        cuts.dimension_value,
        stages.stage,
        count(*) as stay_count,
        sum(case when stages.is_current then 1 else 0 end) as open_stay_count,
        max(stages.stage_days) as longest_seen_days,
        count(distinct stages.customer_id) as customer_count
    from {{ ref('journey_stages') }} as stages
    inner join {{ ref('int_journey__cuts') }} as cuts on stages.customer_id = cuts.customer_id
    group by stages.axis, cuts.dimension, cuts.dimension_value, stages.stage
),

hidden as (
    select hidden_people.*
    from {{ hidden_parts('people', ['axis', 'stage'], 'stay_count', 'customer_count', 'customers') }} as hidden_people
),

bounded as (
    select
        axis,
        dimension,
        dimension_value,
        stage,
        stage_days,
        survival,
        {{ wilson_bound('lower', 'survival', 'told_count') }} as survival_lower_95,
        {{ wilson_bound('upper', 'survival', 'told_count') }} as survival_upper_95
    from (
        select
            axis,
            dimension,
            dimension_value,
            stage,
            stage_days,
            cast(survival as double) as survival,
            coalesce(
                cast(survival as double) * (1 - survival) / nullif(cast(survival_variance as double), 0), at_risk_count
            ) as told_count
        from survival
        where left_count > 0
    ) as told
),

-- A median is known once half have left, and its interval holds the days on which a half may be left (Brookmeyer,
-- Crowley 1982, A Confidence Interval for the Median Survival Time, Biometrics 38:29).
quantiles as (
    select
        axis,
        dimension,
        dimension_value,
        stage,
        {%- for name, left in quartiles.items() %}
        min(case when survival <= {{ left }} then stage_days end) as {{ name }}_days,
        {%- endfor %}
        min(case when survival_lower_95 <= 0.5 then stage_days end) as median_lower_95_days,
        min(case when survival_upper_95 <= 0.5 then stage_days end) as median_upper_95_days
    from bounded
    group by axis, dimension, dimension_value, stage
)

select
    md5(concat_ws(':', people.axis, people.dimension, people.dimension_value, people.stage)) as journey_dwell_id,
    people.axis,
    people.dimension,
    people.dimension_value,
    people.stage,
    people.stay_count,
    cast(people.open_stay_count as bigint) as open_stay_count,
    people.customer_count,
    people.longest_seen_days,
    hidden.suppression_reason is not null as is_suppressed,
    hidden.suppression_reason,
    shown.lower_quartile_days,
    shown.median_days,
    shown.upper_quartile_days,
    shown.median_lower_95_days,
    shown.median_upper_95_days
from people
left join hidden
    on people.axis = hidden.axis
    and people.dimension = hidden.dimension
    and people.dimension_value = hidden.dimension_value
    and people.stage = hidden.stage
left join quantiles as shown
    on people.axis = shown.axis
    and people.dimension = shown.dimension
    and people.dimension_value = shown.dimension_value
    and people.stage = shown.stage
    and hidden.suppression_reason is null
