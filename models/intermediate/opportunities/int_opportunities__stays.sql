-- How long each sales opportunity stayed in each stage, and how it ended. What was decided and opened again ended by
-- its last step alone.
with steps as (
    select
        opportunity_event_id,
        opportunity_id,
        source_system,
        stage,
        category,
        expected_amount,
        business_date,
        min(business_date) over (partition by opportunity_id) as opened_date,
        lead(business_date) over opportunity as next_date,
        lead(opportunity_event_id) over opportunity as next_event_id
    from {{ ref('opportunity_events') }}
    where opportunity_id is not null and business_date <= {{ as_of_date() }}
    window opportunity as (partition by opportunity_id order by occurred_at asc, opportunity_event_id asc)
),

outcomes as (
    select
        opportunity_event_id,
        opportunity_id,
        stage as outcome,
        business_date as outcome_date,
        expected_amount as outcome_amount
    from steps
    where next_date is null and stage in ('won', 'lost')
)

select
    steps.opportunity_event_id,
    steps.opportunity_id,
    steps.source_system,
    steps.stage,
    steps.category,
    steps.expected_amount,
    steps.opened_date,
    steps.business_date as entered_date,
    steps.next_date as left_date,
    outcomes.outcome,
    outcomes.outcome_date,
    outcomes.outcome_amount,
    coalesce(steps.next_event_id = outcomes.opportunity_event_id, false) as is_last_stage
from steps
left join outcomes on steps.opportunity_id = outcomes.opportunity_id
where steps.stage not in ('won', 'lost')
