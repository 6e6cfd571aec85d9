select
    statistic,
    from_construct,
    construct,
    questionnaire,
    question,
    estimate,
    lower_95,
    upper_95,
    respondent_count,
    missing_respondent_count,
    resample_count,
    failed_resample_count,
    reason,
    _file_version as path_model_version,
    _loaded_at as estimated_at
from {{ source('constructs', 'path_estimates') }}
