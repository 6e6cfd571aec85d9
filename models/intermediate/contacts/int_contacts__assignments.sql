-- To which arm of a campaign chance has put a customer, and over which days what came of it counts. Intention to treat:
-- whoever was to be sent a message counts with those contacted, whether it arrived or not, as nobody knows whom of
-- those held out it would not have reached. Who was put to an arm more than once belongs to the first.
with messages as (
    select * from {{ ref('int_contacts__touches') }}
    where experiment_arm is not null
        and campaign is not null
        and customer_id is not null
        and assigned_date <= {{ as_of_date() }}
),

placed as (
    select
        *,
        row_number() over (
            partition by source_system, campaign, customer_id
            order by assigned_at asc, touch_id asc
        ) as place,
        min(experiment_arm) over (partition by source_system, campaign, customer_id)
        <> max(experiment_arm) over (partition by source_system, campaign, customer_id) as has_both_arms
    from messages
),

assignments as (
    select
        *,
        cast(
            {{ add_days('cast(assigned_date as timestamp)', var('campaign_outcome_days') | int - 1) }} as date
        ) as last_outcome_date
    from placed
    where place = 1
),

-- What the campaign sent the customer meanwhile, the first message and others.
costs as (
    select
        assignments.touch_id,
        sum(messages.cost_amount) as cost_amount
    from assignments
    inner join messages
        on assignments.source_system = messages.source_system
        and assignments.campaign = messages.campaign
        and assignments.customer_id = messages.customer_id
        and assignments.last_outcome_date >= messages.assigned_date
    group by assignments.touch_id
)

select
    assignments.touch_id as assignment_id,
    assignments.source_system,
    assignments.campaign,
    assignments.customer_id,
    assignments.experiment_arm,
    assignments.offer_category,
    assignments.assigned_date,
    assignments.last_outcome_date,
    assignments.last_outcome_date <= {{ as_of_date() }} as is_over,
    assignments.has_both_arms,
    cast(coalesce(costs.cost_amount, 0) as decimal(28, 4)) as cost_amount
from assignments
left join costs on assignments.touch_id = costs.touch_id
