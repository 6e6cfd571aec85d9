-- A scale has two ends, a direction of 1 (more is better) or -1, and a weight; each question stands once; the question
-- of the NPS is asked on 0-10, because its classes are fixed on that scale, and once a questionnaire, because the
-- worse of two would count; every item belongs to a questionnaire, and measures what the warehouse knows. What is empty
-- is wrong.
with items as (
    select
        *,
        count(*) over (partition by instrument, question) as times,
        sum(case when construct = 'recommendation' then 1 else 0 end) over (partition by instrument)
            as recommendation_count
    from {{ ref('survey_items') }}
)

select instrument, questionnaire, question, construct, scale_min, scale_max, scale_direction, weight, times
from items
where times > 1
    or recommendation_count > 1
    or instrument is null
    or questionnaire is null
    or question is null
    or construct is null
    or construct not in (
        {% for construct in var('survey_constructs') %}
        '{{ construct }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
    or coalesce(scale_min >= scale_max, true)
    or coalesce(scale_direction not in (-1, 1), true)
    or coalesce(weight <= 0, true)
    or phase is null
    or phase not in ('before', 'during', 'after')
    or (construct = 'recommendation' and (scale_min <> 0 or scale_max <> 10 or scale_direction <> 1))
