-- How long stays in a stage lasted, and what came next, counted by days: as it is known at the as-of moment, and as it
-- was before the hold-out of the forecasts began. A stay that went on then has nothing next yet.
with stages as (
    select
        customer_id,
        axis,
        stage,
        lead(stage) over (partition by customer_id, axis order by valid_from) as next_stage,
        valid_from,
        valid_to,
        stage_days
    from {{ ref('journey_stages') }}
),

holdout as (
    select {{ add_days('as_of_at', -(var('next_stage_days') | max)) }} as holdout_from
    from {{ ref('int_clock__as_of') }}
),

stays as (
    select
        'as_of' as known_at,
        customer_id,
        axis,
        stage,
        next_stage,
        stage_days
    from stages
    union all
    select
        'holdout_start',
        stages.customer_id,
        stages.axis,
        stages.stage,
        case when stages.valid_to < holdout.holdout_from then stages.next_stage end,
        case
            when stages.valid_to < holdout.holdout_from then stages.stage_days
            else {{ days_between('stages.valid_from', 'holdout.holdout_from') }}
        end
    from stages
    inner join holdout on stages.valid_from < holdout.holdout_from
)

select
    stays.known_at,
    stays.axis,
    cuts.dimension,
    cuts.dimension_value,
    stays.stage,
    stays.stage_days,
    stays.next_stage,
    count(*) as stay_count
from stays
inner join {{ ref('int_journey__cuts') }} as cuts
    on stays.customer_id = cuts.customer_id and (stays.known_at = 'as_of' or cuts.dimension = 'none')
group by
    stays.known_at,
    stays.axis,
    cuts.dimension,
    cuts.dimension_value,
    stays.stage,
    stays.stage_days,
    stays.next_stage
