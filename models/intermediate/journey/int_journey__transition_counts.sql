-- How many customers stood in which stage when a month began, and in which when it ended. What happened in between and
-- was undone by then is no transition, so that the months of a customer are one chain.
with stages as (
    select
        customer_id,
        axis,
        stage,
        is_known_then,
        {{ local_date('valid_from') }} as entered_date,
        {{ local_date('valid_to') }} as left_date
    from {{ ref('journey_stages') }}
),

cuts as (
    select * from {{ ref('int_journey__cuts') }}
),

-- The first and the last month that begin while the stage lasts. The newest is the one that is not over.
begun_months as (
    select
        customer_id,
        axis,
        stage,
        is_known_then,
        cast(date_trunc('month', entered_date) + interval 1 month as date) as first_month_date,
        coalesce(
            least(cast(date_trunc('month', left_date) as date), {{ open_month_date() }}), {{ open_month_date() }}
        ) as last_month_date
    from stages
),

-- A stage in which no month begins is passed over.
chained as (
    select
        *,
        lead(stage) over (partition by customer_id, axis order by first_month_date) as next_stage
    from begun_months
    where first_month_date <= last_month_date
),

-- Customers alike are counted before their months are told one by one.
counted as (
    select
        cuts.dimension,
        cuts.dimension_value,
        chained.axis,
        chained.stage,
        chained.next_stage,
        chained.is_known_then,
        chained.first_month_date,
        chained.last_month_date,
        count(*) as customer_count
    from chained
    inner join cuts on chained.customer_id = cuts.customer_id
    group by
        cuts.dimension,
        cuts.dimension_value,
        chained.axis,
        chained.stage,
        chained.next_stage,
        chained.is_known_then,
        chained.first_month_date,
        chained.last_month_date
),

stayed as (
    select
        *,
        {{ each_month('first_month_date', "cast(last_month_date as timestamp) - interval 1 month") }} as month_date
    from counted
    where first_month_date < last_month_date
),

months as (
    select dimension, dimension_value, axis, stage, stage as to_stage, is_known_then, month_date, customer_count
    from stayed
    union all
    select dimension, dimension_value, axis, stage, next_stage, is_known_then, last_month_date, customer_count
    from counted
    where next_stage is not null
)

select
    month_date,
    axis,
    dimension,
    dimension_value,
    stage as from_stage,
    to_stage,
    cast(sum(customer_count) as bigint) as customer_count,
    cast(sum(case when is_known_then then customer_count else 0 end) as bigint) as known_then_count
from months
group by month_date, axis, dimension, dimension_value, stage, to_stage
