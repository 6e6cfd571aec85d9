-- What of the data is out of line with its own past: which stretch of days, what was expected, what that does to
-- publication, who owns it and what to do.
{% set series = 'anomaly_type, source_system, entity, part, column_name' %}

with deviations as (
    select * from {{ ref('int_profiles__deviations') }}
),

checks as (
    select * from {{ ref('anomaly_checks') }}
),

accepted as (
    select * from {{ ref('accepted_anomalies') }}
),

counted as (
    select
        deviations.*,
        checks.severity,
        checks.owner,
        checks.reason,
        checks.remedy
    from deviations
    inner join checks on deviations.anomaly_type = checks.anomaly_type
    where deviations.false_alarm_probability <= {{ var('anomaly_false_alarm_rate') }}
        and deviations.move >= checks.least_move
),

-- A fault is seen in stretches of one, four and eight weeks: those that overlap or follow on each other are one.
reached as (
    select
        *,
        max(last_date) over (
            partition by {{ series }}
            order by first_date, last_date, value_class
            rows between unbounded preceding and 1 preceding
        ) as reached_date
    from counted
),

numbered as (
    select
        *,
        sum(case when {{ days_between('reached_date', 'first_date') }} <= 1 then 0 else 1 end) over (
            partition by {{ series }}
            order by first_date, last_date, value_class
            rows between unbounded preceding and current row
        ) as stretch_number
    from reached
),

-- The stretch and class that shows it best stands for all.
ranked as (
    select
        *,
        min(first_date) over (partition by {{ series }}, stretch_number) as begins_on,
        max(last_date) over (partition by {{ series }}, stretch_number) as ends_on,
        min(last_days_ago) over (partition by {{ series }}, stretch_number) as ended_days_ago,
        row_number() over (
            partition by {{ series }}, stretch_number
            order by false_alarm_probability, first_date, last_date, value_class
        ) as place
    from numbered
),

decided as (
    select
        ranked.*,
        accepted.reason as acceptance_reason,
        row_number() over (
            partition by {{ 'ranked.' ~ series | replace(', ', ', ranked.') }}, ranked.stretch_number
            order by accepted.first_date nulls last, accepted.reason nulls last
        ) as acceptance_place
    from ranked
    left join accepted
        on ranked.source_system = accepted.source_system
        and coalesce(accepted.entity, ranked.entity) = ranked.entity
        and coalesce(accepted.anomaly_type, ranked.anomaly_type) = ranked.anomaly_type
        and ranked.begins_on between accepted.first_date and accepted.last_date
    where ranked.place = 1
)

select
    source_system || ':' || entity || ':' || part || ':' || column_name || ':' || anomaly_type || ':'
    || cast(begins_on as string) as data_anomaly_id,
    anomaly_type,
    case
        when acceptance_reason is not null then 'accepted'
        when severity = 'block' and ended_days_ago >= {{ var('anomaly_block_days') }} then 'warn'
        else severity
    end as severity,
    source_system,
    entity,
    part,
    column_name,
    value_class,
    begins_on as first_date,
    ends_on as last_date,
    cast(unit_count as bigint) as observed_count,
    cast(round(expected_count) as bigint) as expected_count,
    cast(false_alarm_probability as double) as false_alarm_probability,
    owner,
    reason,
    remedy,
    acceptance_reason,
    judged_at
from decided
where acceptance_place = 1
