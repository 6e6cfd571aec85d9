-- What is hidden of a dimension is the whole less what is shown. So its people, counted one by one, are nobody or
-- enough: here of every quarter.
with hidden as (
    select satisfaction.*
    from {{ ref('satisfaction') }} as satisfaction
    inner join {{ ref('satisfaction') }} as wholes
        on satisfaction.questionnaire = wholes.questionnaire
        and satisfaction.measure = wholes.measure
        and satisfaction.period_type = wholes.period_type
        and satisfaction.period_start_date = wholes.period_start_date
        and wholes.dimension = 'none'
        and not wholes.is_suppressed
    where satisfaction.is_suppressed and satisfaction.period_type = 'quarter'
)

select
    hidden.questionnaire,
    hidden.measure,
    hidden.dimension,
    hidden.period_start_date,
    count(distinct months.respondent_id) as respondent_count
from hidden
inner join {{ ref('int_satisfaction__respondent_months') }} as months
    on hidden.questionnaire = months.questionnaire
    and hidden.measure = months.measure
    and hidden.dimension = months.dimension
    and hidden.dimension_value = months.dimension_value
    and months.month_date between hidden.period_start_date and hidden.period_end_date
group by hidden.questionnaire, hidden.measure, hidden.dimension, hidden.period_start_date
having {{ too_few('count(distinct months.respondent_id)') }}
