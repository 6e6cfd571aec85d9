-- At the end of the last closed month: each opportunity of whose steps until then the last decided nothing, once.
with last_steps as (
    select source_system, stage
    from (
        select
            source_system,
            stage,
            row_number() over (
                partition by opportunity_id order by occurred_at desc, opportunity_event_id desc
            ) as place
        from {{ ref('opportunity_events') }}
        where opportunity_id is not null and business_date < {{ open_month_date() }}
    ) as ranked
    where place = 1
),

open_now as (
    select source_system, stage, count(*) as opportunity_count
    from last_steps
    where stage not in ('won', 'lost')
    group by source_system, stage
),

pipeline as (
    select source_system, stage, sum(open_opportunity_count) as opportunity_count
    from {{ ref('sales_pipeline') }}
    where cast(month_date as timestamp) + interval 1 month = cast({{ open_month_date() }} as timestamp)
    group by source_system, stage
    having sum(open_opportunity_count) > 0
)

select
    coalesce(open_now.source_system, pipeline.source_system) as source_system,
    coalesce(open_now.stage, pipeline.stage) as stage,
    open_now.opportunity_count,
    pipeline.opportunity_count as pipeline_opportunity_count
from open_now
full outer join pipeline on open_now.source_system = pipeline.source_system and open_now.stage = pipeline.stage
where open_now.opportunity_count is distinct from pipeline.opportunity_count
