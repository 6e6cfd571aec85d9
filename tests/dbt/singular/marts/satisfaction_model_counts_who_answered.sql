-- Every question of the path model counts the respondents who answered it, every path has its figure or says why not,
-- and no figure is shown of fewer respondents than the minimum, or without having been resampled. Before the first
-- estimate there is no row.
with figures as (
    select * from {{ ref('satisfaction_model') }}
),

answered as (
    select items.questionnaire, items.question, count(answers.respondent_id) as respondent_count
    from {{ ref('int_satisfaction__construct_items') }} as items
    left join {{ ref('int_satisfaction__construct_answers') }} as answers
        on items.questionnaire = answers.questionnaire and items.question = answers.question
    where items.question is not null
    group by items.questionnaire, items.question
)

select
    answered.questionnaire || ':' || answered.question as what,
    'is not counted as it was answered' as problem
from answered
left join figures
    on answered.questionnaire = figures.questionnaire
    and answered.question = figures.question
    and figures.statistic = 'outer_loading'
where answered.respondent_count is distinct from figures.respondent_count
    and exists (select any_figure.statistic from figures as any_figure)

union all

select paths.from_construct || ' to ' || paths.to_construct, 'has no row'
from {{ ref('int_satisfaction__construct_paths') }} as paths
left join figures
    on paths.from_construct = figures.from_construct
    and paths.to_construct = figures.construct
    and figures.statistic = 'path_coefficient'
where figures.satisfaction_model_id is null
    and exists (select any_figure.statistic from figures as any_figure)

union all

select satisfaction_model_id, 'is shown or missing wrongly'
from figures
where (estimate is null) <> (reason is not null)
    or (estimate is not null and (respondent_count < {{ var('minimum_answers') }} or resample_count = 0))
