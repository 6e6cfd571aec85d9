-- A scale has two ends, a direction of 1 (more is better) or -1, and a weight; each question stands once; the question
-- of the NPS is asked on 0-10, because its classes are fixed on that scale; every item belongs to a questionnaire.
with items as (
    select *, count(*) over (partition by instrument, question) as times
    from {{ ref('survey_items') }}
)

select instrument, questionnaire, question, construct, scale_min, scale_max, scale_direction, weight, times
from items
where times > 1
    or questionnaire is null
    or scale_min >= scale_max
    or scale_direction not in (-1, 1)
    or weight <= 0
    or (construct = 'recommendation' and (scale_min <> 0 or scale_max <> 10 or scale_direction <> 1))
