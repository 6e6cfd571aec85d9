-- Whatever becomes of who is in a stage, to stay in it included, is one of what has a row. Each of six decimals may be
-- half a millionth off.
with sums as (
    select
        'journey_transitions' as mart,
        axis,
        dimension,
        dimension_value,
        from_stage as stage,
        cast(month_date as string) as within,
        sum(probability) as probability_sum,
        sum(transition_count) as counted,
        max(customer_count) as customer_count
    from {{ ref('journey_transitions') }}
    where not is_suppressed
    group by axis, dimension, dimension_value, from_stage, month_date

    union all

    select
        'journey_exits' as mart,
        axis,
        dimension,
        dimension_value,
        stage,
        cast(within_days as string) as within,
        sum(probability) as probability_sum,
        0 as counted,
        0 as customer_count
    from {{ ref('journey_exits') }}
    where not is_suppressed
    group by axis, dimension, dimension_value, stage, within_days
)

select *
from sums
where abs(probability_sum - 1) > 0.00001 or counted <> customer_count
