-- What the figures of a month are made of, as a whole and cut by one dimension at a time. A case is of the month in
-- which it was opened, whatever became of it when; the backlog of a month is what was open at its end.
with cases as (
    select
        *,
        cast(date_trunc('month', created_date) as date) as created_month_date
    from {{ ref('int_service__cases') }}
),

measures as (
    select * from {{ ref('int_service__ticket_measures') }}
),

cycles as (
    select * from {{ ref('int_service__ticket_cycles') }}
),

spans as (
    select
        min(cases.created_month_date) as first_month_date,
        max(clock.as_of_date) as as_of_date
    from cases
    cross join {{ ref('int_clock__as_of') }} as clock
),

months as (
    select {{ each_month('first_month_date', 'as_of_date') }} as month_date
    from spans
    where first_month_date is not null
),

-- A month ends where the company's days do; the one that goes on, at the as-of moment.
month_ends as (
    select
        month_date,
        least(
            {{ to_utc('cast(month_date as timestamp) + interval 1 month', zone=var('company_time_zone')) }},
            {{ as_of() }}
        ) as ended_at
    from months
),

backlog as (
    select distinct
        month_ends.month_date,
        cases.ticket_id,
        {{ seconds_between('cases.created_at', 'month_ends.ended_at') }} as age_seconds
    from cases
    inner join cycles on cases.ticket_id = cycles.ticket_id
    inner join month_ends
        on cases.created_at < month_ends.ended_at
        and (cycles.cycle_number = 1 or cycles.opened_at < month_ends.ended_at)
        and (cycles.is_open or cycles.solved_at >= month_ends.ended_at)
        and (cycles.reopened_at is null or cycles.reopened_at >= month_ends.ended_at)
),

aged as (
    select
        backlog.*,
        classes.age_class,
        row_number() over (
            partition by backlog.month_date, backlog.ticket_id order by classes.least_days desc
        ) as place
    from backlog
    inner join {{ ref('backlog_age_classes') }} as classes on backlog.age_seconds >= 86400 * classes.least_days
),

figures as (
    select
        cases.created_month_date as month_date,
        measures.measure,
        measures.ticket_id,
        measures.is_ended,
        case when measures.is_ended then cast(measures.calendar_seconds as double) end as calendar_seconds,
        case when measures.is_ended then cast(measures.business_seconds as double) end as business_seconds,
        measures.is_within_target as is_met
    from measures
    inner join cases on measures.ticket_id = cases.ticket_id

    union all

    select
        cases.created_month_date,
        named.measure,
        cases.ticket_id,
        not cases.is_open,
        cast(null as double),
        cast(null as double),
        case named.measure
            when 'one_touch' then cases.touch_class = 'one_touch'
            when 'reopened' then case when cases.first_solved_at is not null then cases.reopen_count > 0 end
            when 'repeat_contact' then cases.has_repeat_contact
        end
    from cases
    cross join (values ('one_touch'), ('reopened'), ('repeat_contact')) as named (measure)

    union all

    select
        month_date,
        'backlog',
        ticket_id,
        false,
        cast(age_seconds as double),
        cast(null as double),
        cast(null as boolean)
    from backlog

    union all

    select
        aged.month_date,
        'backlog_' || classes.age_class,
        aged.ticket_id,
        false,
        cast(null as double),
        cast(null as double),
        aged.age_class = classes.age_class
    from aged
    cross join {{ ref('backlog_age_classes') }} as classes
    where aged.place = 1
),

cuts as (
    select
        cases.ticket_id,
        coalesce(cases.customer_id, cases.ticket_id) as customer_key,
        named.dimension,
        coalesce(
            case named.dimension
                when 'none' then 'all'
                when 'source_system' then cases.source_system
                when 'channel' then cases.channel
                when 'category' then cases.category
                when 'country' then cases.country
                when 'priority' then cases.priority_at_creation
            end,
            'unknown'
        ) as dimension_value
    from cases
    cross join (
        values ('none'), ('source_system'), ('channel'), ('category'), ('country'), ('priority')
    ) as named (dimension)
)

select
    figures.month_date,
    figures.measure,
    cuts.dimension,
    cuts.dimension_value,
    cast(count(*) as bigint) as ticket_count,
    cast(count(distinct cuts.customer_key) as bigint) as customer_count,
    cast(count(case when figures.is_ended then 1 end) as bigint) as ended_ticket_count,
    cast(count(figures.is_met) as bigint) as judged_ticket_count,
    cast(count(case when figures.is_met then 1 end) as bigint) as met_ticket_count,
    percentile_cont(0.5) within group (order by figures.calendar_seconds) as median_calendar_seconds,
    percentile_cont(0.9) within group (order by figures.calendar_seconds) as p90_calendar_seconds,
    percentile_cont(0.5) within group (order by figures.business_seconds) as median_business_seconds,
    percentile_cont(0.9) within group (order by figures.business_seconds) as p90_business_seconds
from figures
inner join cuts on figures.ticket_id = cuts.ticket_id
group by figures.month_date, figures.measure, cuts.dimension, cuts.dimension_value
