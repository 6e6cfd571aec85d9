-- What chance alone does not explain of the weeks and days of a source, on the calendar, with what its probability is
-- worth where so much was judged together: a chance of one in a thousand is met once in a thousand values (Bonferroni).
with deviations as (
    select * from {{ source('profiling', 'deviations') }}
),

judgements as (
    select * from {{ source('profiling', 'judgements') }}
),

clock as (
    select cast(as_of_date as timestamp) as as_of_day_at from {{ ref('int_clock__as_of') }}
)

select
    deviations.deviation as anomaly_type,
    deviations.source_system,
    deviations.entity,
    deviations.part,
    deviations.value_class,
    -- The column that a class is of; all classes of one change together.
    case
        when deviations.value_class like '%=%' then split_part(deviations.value_class, '=', 1)
        else 'rows'
    end as column_name,
    cast({{ add_days('clock.as_of_day_at', '-deviations.first_days_ago') }} as date) as first_date,
    cast({{ add_days('clock.as_of_day_at', '-deviations.last_days_ago') }} as date) as last_date,
    deviations.last_days_ago,
    deviations.row_count as unit_count,
    deviations.total_count,
    deviations.expected_count,
    deviations.move,
    least(deviations.probability * judgements.judged_count, 1.0) as false_alarm_probability,
    deviations._loaded_at as judged_at
from deviations
cross join judgements
cross join clock
