-- What constructs of satisfaction do to each other, a row a figure. What was asked of too few comes without a figure,
-- and what is there rests on many respondents at once.
select
    concat_ws(':', statistic, from_construct, construct, questionnaire, question) as satisfaction_model_id,
    statistic,
    from_construct,
    construct,
    questionnaire,
    question,
    cast(estimate as decimal(18, 6)) as estimate,
    cast(lower_95 as decimal(18, 6)) as lower_95,
    cast(upper_95 as decimal(18, 6)) as upper_95,
    respondent_count,
    missing_respondent_count,
    resample_count,
    failed_resample_count,
    reason,
    path_model_version,
    input_md5,
    estimated_at
from {{ ref('int_constructs__path_estimates') }}
