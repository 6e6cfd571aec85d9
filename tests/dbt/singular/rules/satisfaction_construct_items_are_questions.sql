-- What asks about a construct is a question that seeds/satisfaction/survey_items.csv has on a scale.
select construct_items.construct, construct_items.questionnaire, construct_items.question
from {{ ref('satisfaction_construct_items') }} as construct_items
left join {{ ref('survey_items') }} as survey_items
    on construct_items.questionnaire = survey_items.questionnaire and construct_items.question = survey_items.question
where survey_items.question is null
