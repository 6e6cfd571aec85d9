-- How many were asked in a period, in each cut, and of how many of them an answer is known by now.
with invitations as (
    select * from {{ ref('int_satisfaction__occasions') }}
    where measure is null
),

months as (
    select
        invitations.questionnaire,
        dimensions.dimension,
        dimensions.dimension_value,
        invitations.month_date,
        count(*) as invitation_count,
        count(case when invitations.is_answered then 1 end) as answered_count
    from invitations
    inner join {{ ref('int_satisfaction__occasion_dimensions') }} as dimensions
        on invitations.occasion_id = dimensions.occasion_id
    group by invitations.questionnaire, dimensions.dimension, dimensions.dimension_value, invitations.month_date
)

select
    months.questionnaire,
    months.dimension,
    months.dimension_value,
    periods.period_type,
    periods.period_start_date,
    cast(sum(months.invitation_count) as bigint) as invitation_count,
    cast(sum(months.answered_count) as bigint) as answered_count
from months
inner join {{ ref('int_satisfaction__periods') }} as periods on months.month_date = periods.month_date
group by
    months.questionnaire,
    months.dimension,
    months.dimension_value,
    periods.period_type,
    periods.period_start_date
