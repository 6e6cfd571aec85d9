-- How often the company has reached a customer within 7 and 28 days, on each day on which it did, by family of channels
-- and in all. What it sends of its own accord presses; an answer to a customer's case was asked for, and stands beside.
with touches as (
    select * from {{ ref('int_contacts__touches') }}
    where customer_id is not null
        and direction = 'outbound'
        and has_reached_customer
        and business_date <= {{ as_of_date() }}
),

channels as (
    select * from {{ ref('channels') }}
),

-- A customer's clock is that of the place of the newest order.
newest_orders as (
    select customer_id, time_zone
    from (
        select
            customer_id,
            time_zone,
            row_number() over (partition by customer_id order by occurred_at desc, order_id desc) as place
        from {{ ref('orders') }}
        where customer_id is not null and business_date <= {{ as_of_date() }}
    ) as ranked
    where place = 1
),

contacts as (
    select
        touches.customer_id,
        touches.business_date as contact_date,
        touches.channel,
        coalesce(channels.family, 'unknown') as channel_family,
        touches.touch_type,
        touches.touch_type <> 'support_message' as is_of_own_accord,
        touches.occurred_at,
        date_trunc('hour', touches.occurred_at) as hour_at,
        coalesce(newest_orders.time_zone, '{{ var("company_time_zone") }}') as time_zone
    from touches
    left join channels on touches.channel = channels.channel
    left join newest_orders on touches.customer_id = newest_orders.customer_id
    where coalesce(channels.is_outbound, true)
),

-- What the clock shows is asked once an hour and zone: of each contact it would take as long as all else.
clocks as (
    select hour_at, time_zone, {{ local_time('hour_at', 'time_zone') }} as local_hour_at
    from (select distinct hour_at, time_zone from contacts) as hours
),

timed as (
    select
        contacts.*,
        extract(hour from clocks.local_hour_at + (contacts.occurred_at - contacts.hour_at)) as local_hour
    from contacts
    left join clocks on contacts.hour_at = clocks.hour_at and contacts.time_zone = clocks.time_zone
),

judged as (
    select
        timed.*,
        timed.is_of_own_accord and coalesce(
            case
                when quiet_hours.quiet_from_hour < quiet_hours.quiet_until_hour
                    then timed.local_hour >= quiet_hours.quiet_from_hour
                        and timed.local_hour < quiet_hours.quiet_until_hour
                else timed.local_hour >= quiet_hours.quiet_from_hour
                    or timed.local_hour < quiet_hours.quiet_until_hour
            end, false
        ) as is_in_quiet_hours
    from timed
    left join {{ ref('quiet_hours') }} as quiet_hours on timed.channel = quiet_hours.channel
),

family_days as (
    select
        customer_id,
        contact_date,
        channel_family,
        sum(case when is_of_own_accord then 1 else 0 end) as pressing_contact_count,
        sum(case when touch_type = 'survey_invitation' then 1 else 0 end) as survey_invitation_count,
        sum(case when is_of_own_accord then 0 else 1 end) as service_message_count,
        sum(case when is_in_quiet_hours then 1 else 0 end) as quiet_hours_contact_count
    from judged
    group by customer_id, contact_date, channel_family
),

-- What came through a channel that nobody names is in all alone.
days as (
    select
        customer_id,
        contact_date,
        channel_family,
        pressing_contact_count,
        survey_invitation_count,
        service_message_count,
        quiet_hours_contact_count
    from family_days
    where channel_family <> 'unknown'
    union all
    select
        customer_id,
        contact_date,
        'all' as channel_family,
        sum(pressing_contact_count) as pressing_contact_count,
        sum(survey_invitation_count) as survey_invitation_count,
        sum(service_message_count) as service_message_count,
        sum(quiet_hours_contact_count) as quiet_hours_contact_count
    from family_days
    group by customer_id, contact_date
),

numbered as (
    select
        *,
        {{ days_between("cast('1970-01-01' as date)", 'contact_date') }} as day_number
    from days
),

windowed as (
    select
        *,
        sum(pressing_contact_count) over of_7_days as pressing_contact_count_7_days,
        sum(survey_invitation_count) over of_7_days as survey_invitation_count_7_days,
        sum(service_message_count) over of_7_days as service_message_count_7_days,
        sum(pressing_contact_count) over of_28_days as pressing_contact_count_28_days,
        sum(survey_invitation_count) over of_28_days as survey_invitation_count_28_days,
        sum(service_message_count) over of_28_days as service_message_count_28_days
    from numbered
    window
        of_7_days as (
            partition by customer_id, channel_family
            order by day_number
            range between 6 preceding and current row
        ),
        of_28_days as (
            partition by customer_id, channel_family
            order by day_number
            range between 27 preceding and current row
        )
),

classed as (
    select
        windowed.*,
        case
            when windowed.pressing_contact_count_7_days >= week.cap_count then 'saturated'
            when windowed.pressing_contact_count_7_days >= week.target_count then 'on_target'
            else 'under_target'
        end as pressure_class_7_days,
        case
            when windowed.pressing_contact_count_28_days >= weeks.cap_count then 'saturated'
            when windowed.pressing_contact_count_28_days >= weeks.target_count then 'on_target'
            else 'under_target'
        end as pressure_class_28_days
    from windowed
    left join {{ ref('contact_caps') }} as week
        on windowed.channel_family = week.channel_family and week.window_days = 7
    left join {{ ref('contact_caps') }} as weeks
        on windowed.channel_family = weeks.channel_family and weeks.window_days = 28
)

select
    customer_id,
    contact_date,
    channel_family,
    cast(pressing_contact_count as bigint) as pressing_contact_count,
    cast(survey_invitation_count as bigint) as survey_invitation_count,
    cast(service_message_count as bigint) as service_message_count,
    cast(quiet_hours_contact_count as bigint) as quiet_hours_contact_count,
    cast(pressing_contact_count_7_days as bigint) as pressing_contact_count_7_days,
    cast(survey_invitation_count_7_days as bigint) as survey_invitation_count_7_days,
    cast(service_message_count_7_days as bigint) as service_message_count_7_days,
    cast(pressing_contact_count_28_days as bigint) as pressing_contact_count_28_days,
    cast(survey_invitation_count_28_days as bigint) as survey_invitation_count_28_days,
    cast(service_message_count_28_days as bigint) as service_message_count_28_days,
    pressure_class_7_days,
    pressure_class_28_days,
    case
        when pressure_class_7_days = 'saturated' or pressure_class_28_days = 'saturated' then 'saturated'
        when pressure_class_7_days = 'on_target' or pressure_class_28_days = 'on_target' then 'on_target'
        else 'under_target'
    end as pressure_class
from classed
