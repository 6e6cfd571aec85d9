-- How likely customers are to stand in each stage at a month's end, by the stage in which they stood when it began, as
-- a whole and cut by one dimension at a time. Each month that is over, each stage of the axis and each value of a
-- dimension has its rows, whether anybody stood there or not.
with counts as (
    select * from {{ ref('int_journey__transition_counts') }}
),

months as (
    select
        axis,
        {{ each_month('min(month_date)', 'max(month_date)') }} as month_date
    from counts
    group by axis
),

moves as (
    select distinct axis, from_stage, to_stage
    from counts
    union
    select distinct axis, from_stage, from_stage as to_stage
    from counts
),

cuts as (
    select distinct axis, dimension, dimension_value
    from counts
),

cells as (
    select
        months.month_date,
        months.axis,
        cuts.dimension,
        cuts.dimension_value,
        moves.from_stage,
        moves.to_stage,
        coalesce(counts.customer_count, 0) as transition_count,
        coalesce(counts.known_then_count, 0) as known_then_count
    from months
    inner join moves on months.axis = moves.axis
    inner join cuts on months.axis = cuts.axis
    left join counts
        on months.month_date = counts.month_date
        and cuts.axis = counts.axis
        and cuts.dimension = counts.dimension
        and cuts.dimension_value = counts.dimension_value
        and moves.from_stage = counts.from_stage
        and moves.to_stage = counts.to_stage
),

beginnings as (
    select
        month_date,
        axis,
        dimension,
        dimension_value,
        from_stage,
        cast(sum(transition_count) as bigint) as customer_count,
        cast(sum(known_then_count) as bigint) as known_then_count
    from cells
    group by month_date, axis, dimension, dimension_value, from_stage
),

hidden as (
    select hidden_beginnings.*
    from {{ hidden_parts(
        'beginnings', ['month_date', 'axis', 'from_stage'], 'customer_count', 'customer_count', 'customers'
    ) }} as hidden_beginnings
),

described as (
    select
        cells.month_date,
        cells.axis,
        cells.dimension,
        cells.dimension_value,
        cells.from_stage,
        cells.to_stage,
        beginnings.customer_count,
        beginnings.known_then_count,
        case
            when beginnings.customer_count = 0 then 'nobody in the stage'
            else hidden.suppression_reason
        end as suppression_reason,
        case when hidden.suppression_reason is null then cells.transition_count end as transition_count,
        case
            when hidden.suppression_reason is null
                then cast(cells.transition_count as double) / beginnings.customer_count
        end as probability
    from cells
    inner join beginnings
        on cells.month_date = beginnings.month_date
        and cells.axis = beginnings.axis
        and cells.dimension = beginnings.dimension
        and cells.dimension_value = beginnings.dimension_value
        and cells.from_stage = beginnings.from_stage
    left join hidden
        on cells.month_date = hidden.month_date
        and cells.axis = hidden.axis
        and cells.dimension = hidden.dimension
        and cells.dimension_value = hidden.dimension_value
        and cells.from_stage = hidden.from_stage
)

select
    md5(concat_ws(
        ':', axis, dimension, dimension_value, from_stage, to_stage, cast(month_date as string)
    )) as journey_transition_id,
    month_date,
    axis,
    dimension,
    dimension_value,
    from_stage,
    to_stage,
    customer_count,
    known_then_count as known_then_customer_count,
    suppression_reason is not null as is_suppressed,
    suppression_reason,
    transition_count,
    cast(probability as decimal(18, 6)) as probability,
    cast({{ wilson_bound('lower', 'probability', 'customer_count') }} as decimal(18, 6)) as lower_95,
    cast({{ wilson_bound('upper', 'probability', 'customer_count') }} as decimal(18, 6)) as upper_95
from described
