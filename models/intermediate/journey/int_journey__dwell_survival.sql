-- How many stays go on after so many days: the product-limit estimate (Kaplan, Meier 1958, Nonparametric Estimation
-- from Incomplete Observations, JASA 53:457), in which a stay that goes on still counts for as long as it was seen. Its
-- variance is Greenwood's. Who leaves on a day was at risk on it, as was whose stay was last seen on it.
with counts as (
    select * from {{ ref('int_journey__dwell_counts') }}
),

days as (
    select
        known_at,
        axis,
        dimension,
        dimension_value,
        stage,
        stage_days,
        sum(stay_count) as seen_count,
        sum(case when next_stage is not null then stay_count else 0 end) as left_count
    from counts
    group by known_at, axis, dimension, dimension_value, stage, stage_days
),

at_risk as (
    select
        *,
        sum(seen_count) over (
            partition by known_at, axis, dimension, dimension_value, stage
            order by stage_days desc rows between unbounded preceding and current row
        ) as at_risk_count
    from days
),

-- Nothing follows a day on which all leave. Before it, logarithms are summed for want of a product.
survived as (
    select
        *,
        case
            when left_count = at_risk_count then cast(0 as double)
            else
                exp(sum(
                    case when left_count < at_risk_count then ln(1 - cast(left_count as double) / at_risk_count) end
                ) over (
                    partition by known_at, axis, dimension, dimension_value, stage
                    order by stage_days rows between unbounded preceding and current row
                ))
        end as survival,
        coalesce(sum(
            cast(left_count as double) / at_risk_count / nullif(at_risk_count - left_count, 0)
        ) over (
            partition by known_at, axis, dimension, dimension_value, stage
            order by stage_days rows between unbounded preceding and current row
        ), 0) as greenwood_sum
    from at_risk
)

select
    known_at,
    axis,
    dimension,
    dimension_value,
    stage,
    cast(stage_days as bigint) as stage_days,
    cast(lead(stage_days) over (
        partition by known_at, axis, dimension, dimension_value, stage order by stage_days
    ) as bigint) as next_stage_days,
    cast(at_risk_count as bigint) as at_risk_count,
    cast(left_count as bigint) as left_count,
    cast(coalesce(lag(survival) over (
        partition by known_at, axis, dimension, dimension_value, stage order by stage_days
    ), 1) as decimal(18, 12)) as survival_before,
    cast(survival as decimal(18, 12)) as survival,
    cast(greenwood_sum as decimal(18, 12)) as greenwood_sum,
    cast(survival * survival * greenwood_sum as decimal(18, 12)) as survival_variance
from survived
