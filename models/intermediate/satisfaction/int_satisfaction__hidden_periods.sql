-- Which figures are not shown, as they are of too few people, or would tell those of too few.
select
    hidden.questionnaire,
    hidden.measure,
    hidden.dimension,
    hidden.dimension_value,
    hidden.period_type,
    hidden.period_start_date,
    hidden.suppression_reason
from {{ hidden_parts(
    ref('int_satisfaction__period_sums'), ['questionnaire', 'measure', 'period_type', 'period_start_date'],
    'answer_count', 'respondent_count', 'respondents'
) }} as hidden
