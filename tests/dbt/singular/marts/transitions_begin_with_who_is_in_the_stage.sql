-- A month's transitions from a stage are of those who are in it when the month begins, counted here one by one, and the
-- months lack none that anybody began.
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

months as (
    select distinct month_date
    from {{ ref('dates') }}
    where month_date < {{ open_month_date() }}
),

counted as (
    select
        months.month_date,
        stages.axis,
        stages.stage,
        count(*) as customer_count,
        sum(case when stages.is_known_then then 1 else 0 end) as known_then_count
    from months
    inner join stages
        on months.month_date > stages.entered_date
        and (months.month_date <= stages.left_date or stages.left_date is null)
    group by months.month_date, stages.axis, stages.stage
),

told as (
    select distinct month_date, axis, from_stage, customer_count, known_then_customer_count
    from {{ ref('journey_transitions') }}
    where dimension = 'none'
)

select
    coalesce(counted.month_date, told.month_date) as month_date,
    coalesce(counted.axis, told.axis) as axis,
    coalesce(counted.stage, told.from_stage) as stage,
    counted.customer_count as in_stage_count,
    told.customer_count as told_count
from counted
full outer join told
    on counted.month_date = told.month_date and counted.axis = told.axis and counted.stage = told.from_stage
where counted.customer_count is distinct from told.customer_count
    or counted.known_then_count is distinct from told.known_then_customer_count
