-- How many customers of a month in which they were first met have come to each stage of the relationship so many days
-- after. A number of days that not all of them can have had yet has no row, so that every share is of people who were
-- observed alike.
with cuts as (
    select * from {{ ref('int_journey__cuts') }}
),

stages as (
    select distinct stage, position
    from {{ ref('journey_stage_rules') }}
    where axis = 'relationship'
),

horizons as (
    select named.within_days
    from (values ({{ var('journey_days') | join('), (') }})) as named (within_days)
),

arrivals as (
    select
        customer_id,
        stage,
        {{ local_date('min(valid_from)') }} as arrival_date,
        min({{ local_date('min(valid_from)') }}) over (partition by customer_id) as first_date
    from {{ ref('journey_stages') }}
    where axis = 'relationship'
    group by customer_id, stage
),

cohorts as (
    select
        customer_id,
        cast(date_trunc('month', first_date) as date) as cohort_month_date,
        cast({{ add_days("cast(date_trunc('month', first_date) as timestamp) + interval 1 month", -1) }} as date)
            as cohort_end_date
    from arrivals
    group by customer_id, first_date
),

sizes as (
    select
        cohorts.cohort_month_date,
        cohorts.cohort_end_date,
        cuts.dimension,
        cuts.dimension_value,
        count(*) as customer_count
    from cohorts
    inner join cuts on cohorts.customer_id = cuts.customer_id
    group by cohorts.cohort_month_date, cohorts.cohort_end_date, cuts.dimension, cuts.dimension_value
),

counted as (
    select
        cohorts.cohort_month_date,
        cuts.dimension,
        cuts.dimension_value,
        arrivals.stage,
        {{ days_between('arrivals.first_date', 'arrivals.arrival_date') }} as days,
        count(*) as reached_count
    from arrivals
    inner join cohorts on arrivals.customer_id = cohorts.customer_id
    inner join cuts on arrivals.customer_id = cuts.customer_id
    group by
        cohorts.cohort_month_date,
        cuts.dimension,
        cuts.dimension_value,
        arrivals.stage,
        {{ days_between('arrivals.first_date', 'arrivals.arrival_date') }}
),

hidden as (
    select hidden_sizes.*
    from {{ hidden_parts(
        'sizes', ['cohort_month_date'], 'customer_count', 'customer_count', 'customers'
    ) }} as hidden_sizes
),

cells as (
    select
        sizes.cohort_month_date,
        sizes.dimension,
        sizes.dimension_value,
        stages.stage,
        stages.position,
        horizons.within_days,
        sizes.customer_count,
        coalesce(sum(counted.reached_count), 0) as reached_count
    from sizes
    inner join horizons
        on {{ days_between('sizes.cohort_end_date', as_of_date()) }} >= horizons.within_days
    cross join stages
    left join counted
        on sizes.cohort_month_date = counted.cohort_month_date
        and sizes.dimension = counted.dimension
        and sizes.dimension_value = counted.dimension_value
        and stages.stage = counted.stage
        and horizons.within_days >= counted.days
    group by
        sizes.cohort_month_date,
        sizes.dimension,
        sizes.dimension_value,
        stages.stage,
        stages.position,
        horizons.within_days,
        sizes.customer_count
),

shown as (
    select
        cells.*,
        hidden.suppression_reason,
        case when hidden.suppression_reason is null then cells.reached_count end as shown_count,
        case
            when hidden.suppression_reason is null then cast(cells.reached_count as double) / cells.customer_count
        end as reached_share
    from cells
    left join hidden
        on cells.cohort_month_date = hidden.cohort_month_date
        and cells.dimension = hidden.dimension
        and cells.dimension_value = hidden.dimension_value
)

select
    md5(concat_ws(
        ':', dimension, dimension_value, stage, cast(within_days as string), cast(cohort_month_date as string)
    )) as journey_funnel_id,
    cohort_month_date,
    dimension,
    dimension_value,
    stage,
    cast(position as bigint) as stage_position,
    cast(within_days as bigint) as within_days,
    customer_count,
    suppression_reason is not null as is_suppressed,
    suppression_reason,
    cast(shown_count as bigint) as reached_customer_count,
    cast(reached_share as decimal(18, 6)) as reached_share,
    cast({{ wilson_bound('lower', 'reached_share', 'customer_count') }} as decimal(18, 6)) as lower_95,
    cast({{ wilson_bound('upper', 'reached_share', 'customer_count') }} as decimal(18, 6)) as upper_95
from shown
