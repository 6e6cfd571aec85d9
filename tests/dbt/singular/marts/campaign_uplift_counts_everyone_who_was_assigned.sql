-- Intention to treat: of each campaign and outcome, all whom chance put to an arm are counted, delivered or not. A
-- verdict stands where there is an effect, and a reason where there is none.
with uplift as (
    select * from {{ ref('campaign_uplift') }}
),

assigned as (
    select
        source_system,
        campaign,
        count(*) as customer_count
    from {{ ref('int_contacts__assignments') }}
    where is_over
    group by source_system, campaign
)

select
    uplift.source_system,
    uplift.campaign,
    uplift.outcome,
    uplift.contacted_customer_count,
    uplift.held_out_customer_count,
    assigned.customer_count,
    uplift.reason,
    uplift.verdict
from uplift
left join assigned on uplift.source_system = assigned.source_system and uplift.campaign = assigned.campaign
where (uplift.reason is null) <> (uplift.verdict is not null)
    or (uplift.reason is null) <> (uplift.difference is not null)
    or (
        uplift.dimension = 'none'
        and uplift.contacted_customer_count + uplift.held_out_customer_count <> coalesce(assigned.customer_count, 0)
    )
