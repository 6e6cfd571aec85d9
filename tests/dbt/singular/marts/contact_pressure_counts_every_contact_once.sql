-- Day by day what pressed upon customers is the touches that did, in all; families hold what names its channel. No
-- window counts less than its last day, and 28 days no less than 7.
with pressure as (
    select * from {{ ref('contact_pressure_daily') }}
),

by_day as (
    select
        contact_date,
        sum(case when channel_family = 'all' then pressing_contact_count + service_message_count else 0 end)
            as contact_count,
        sum(case when channel_family <> 'all' then pressing_contact_count + service_message_count else 0 end)
            as named_contact_count,
        sum(case
            when pressing_contact_count_7_days < pressing_contact_count then 1
            when pressing_contact_count_28_days < pressing_contact_count_7_days then 1
            else 0
        end) as impossible_count
    from pressure
    group by contact_date
),

touches_by_day as (
    select
        touches.business_date as contact_date,
        count(*) as contact_count,
        count(channels.channel) as named_contact_count
    from {{ ref('int_contacts__touches') }} as touches
    left join {{ ref('channels') }} as channels on touches.channel = channels.channel
    where touches.customer_id is not null
        and touches.direction = 'outbound'
        and touches.has_reached_customer
        and touches.business_date <= {{ as_of_date() }}
        and coalesce(channels.is_outbound, true)
    group by touches.business_date
)

select
    coalesce(by_day.contact_date, touches_by_day.contact_date) as contact_date,
    by_day.contact_count,
    touches_by_day.contact_count as touch_count,
    by_day.impossible_count
from by_day
full outer join touches_by_day on by_day.contact_date = touches_by_day.contact_date
where by_day.contact_count is distinct from touches_by_day.contact_count
    or by_day.named_contact_count is distinct from touches_by_day.named_contact_count
    or by_day.impossible_count > 0
