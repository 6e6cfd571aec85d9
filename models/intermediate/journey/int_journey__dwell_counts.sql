-- How long stays in a stage lasted, and what came next, counted by days. A stay that goes on has nothing next yet.
with stays as (
    select * from {{ ref('int_journey__stays') }}
),

-- What was known before the hold-out is for forecasts, which are not cut.
cuts as (
    select * from {{ ref('int_journey__cuts') }}
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
inner join cuts
    on stays.customer_id = cuts.customer_id and (stays.known_at = 'as_of' or cuts.dimension = 'none')
group by
    stays.known_at,
    stays.axis,
    cuts.dimension,
    cuts.dimension_value,
    stays.stage,
    stays.stage_days,
    stays.next_stage
