-- A customer's stages cover the time from the first touch to the as-of moment once: each ends where the next begins,
-- and the last alone is open. Only who had lapsed is won back.
with stages as (
    select
        customer_id,
        axis,
        stage,
        previous_stage,
        valid_from,
        valid_to,
        is_current,
        lag(stage) over (partition by customer_id, axis order by valid_from, journey_stage_id) as stage_before,
        lead(valid_from) over (partition by customer_id, axis order by valid_from, journey_stage_id) as next_from
    from {{ ref('journey_stages') }}
),

first_touches as (
    select customer_id, min(occurred_at) as first_touch_at
    from {{ ref('customer_timeline') }}
    where customer_id is not null and entity <> 'life_events'
    group by customer_id
),

first_stages as (
    select customer_id, axis, min(valid_from) as first_from
    from stages
    group by customer_id, axis
),

wrong as (
    select customer_id, axis, stage, valid_from, 'does not end where the next begins' as problem
    from stages
    where valid_to is distinct from next_from

    union all

    select customer_id, axis, stage, valid_from, 'has no length' as problem
    from stages
    where valid_to <= valid_from or valid_from >= {{ as_of() }}

    union all

    select customer_id, axis, stage, valid_from, 'is open and yet not current, or the other way round' as problem
    from stages
    where is_current is distinct from (valid_to is null)

    union all

    select customer_id, axis, stage, valid_from, 'does not follow on another stage' as problem
    from stages
    where previous_stage is distinct from stage_before or stage = stage_before

    union all

    select customer_id, axis, stage, valid_from, 'is won back without having lapsed' as problem
    from stages
    where stage = 'won_back' and stage_before is distinct from 'lapsed'

    union all

    select
        coalesce(first_touches.customer_id, first_stages.customer_id),
        first_stages.axis,
        null as stage,
        coalesce(first_stages.first_from, first_touches.first_touch_at),
        'does not begin with the first touch' as problem
    from first_touches
    full outer join first_stages on first_touches.customer_id = first_stages.customer_id
    where first_touches.first_touch_at is distinct from first_stages.first_from
)

select customer_id, axis, stage, valid_from, problem
from wrong
