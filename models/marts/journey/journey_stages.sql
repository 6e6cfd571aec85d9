-- The intervals between stage changes: no overlap, no gap from the first touch to the as-of moment, one left open.
with stage_entries as (
    select * from {{ ref('int_journey__stage_entries') }}
),

-- Of several entries at one moment the furthest counts: nobody is in a stage for no time.
ranked as (
    select
        *,
        row_number() over (partition by customer_id, axis, valid_from order by position desc) as place
    from stage_entries
),

sequenced as (
    select
        customer_id,
        axis,
        valid_from,
        is_known_then,
        stage,
        lag(stage) over (partition by customer_id, axis order by valid_from) as previous_stage
    from ranked
    where place = 1
),

entered as (
    select
        customer_id,
        axis,
        stage,
        previous_stage,
        is_known_then,
        valid_from,
        lead(valid_from) over (partition by customer_id, axis order by valid_from) as valid_to
    from sequenced
    where previous_stage is null or previous_stage <> stage
)

select
    md5(customer_id || ':' || axis || ':' || cast(valid_from as string)) as journey_stage_id,
    customer_id,
    axis,
    stage,
    previous_stage,
    valid_from,
    valid_to,
    valid_to is null as is_current,
    is_known_then,
    {{ days_between('valid_from', 'coalesce(valid_to, ' ~ as_of() ~ ')') }} as stage_days
from entered
