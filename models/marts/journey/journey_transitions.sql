-- How likely customers are to stand in each stage at a month's end, by the stage in which they stood when it began, as
-- a whole and cut by one dimension at a time. Whoever stood in a stage has a row for each stage that it ever led to,
-- whether it led there in this month or not.
with counts as (
    select * from {{ ref('int_journey__transition_counts') }}
),

moves as (
    select distinct axis, from_stage, to_stage
    from counts
    union
    select distinct axis, from_stage, from_stage as to_stage
    from counts
),

beginnings as (
    select
        month_date,
        axis,
        dimension,
        dimension_value,
        from_stage,
        cast(sum(customer_count) as bigint) as customer_count,
        cast(sum(known_then_count) as bigint) as known_then_count
    from counts
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
        beginnings.*,
        moves.to_stage,
        hidden.suppression_reason,
        case when hidden.suppression_reason is null then coalesce(counts.customer_count, 0) end as transition_count,
        case
            when hidden.suppression_reason is null
                then cast(coalesce(counts.customer_count, 0) as double) / beginnings.customer_count
        end as probability
    from beginnings
    inner join moves
        on beginnings.axis = moves.axis
        and beginnings.from_stage = moves.from_stage
    left join counts
        on beginnings.month_date = counts.month_date
        and beginnings.axis = counts.axis
        and beginnings.dimension = counts.dimension
        and beginnings.dimension_value = counts.dimension_value
        and beginnings.from_stage = counts.from_stage
        and moves.to_stage = counts.to_stage
    left join hidden
        on beginnings.month_date = hidden.month_date
        and beginnings.axis = hidden.axis
        and beginnings.dimension = hidden.dimension
        and beginnings.dimension_value = hidden.dimension_value
        and beginnings.from_stage = hidden.from_stage
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
