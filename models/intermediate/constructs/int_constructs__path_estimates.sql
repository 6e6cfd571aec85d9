with path_estimates as (
    select * from {{ source('constructs', 'path_estimates') }}
),

versions as (
    select * from {{ source('constructs', 'landing_files') }}
    where table_name = 'path_estimates'
)

select
    path_estimates.statistic,
    path_estimates.from_construct,
    path_estimates.construct,
    path_estimates.questionnaire,
    path_estimates.question,
    path_estimates.estimate,
    path_estimates.lower_95,
    path_estimates.upper_95,
    path_estimates.respondent_count,
    path_estimates.missing_respondent_count,
    path_estimates.resample_count,
    path_estimates.failed_resample_count,
    path_estimates.reason,
    versions.file_version as path_model_version,
    versions.content_md5 as input_md5,
    path_estimates._loaded_at as estimated_at
from path_estimates
inner join versions
    on path_estimates._file_name = versions.file_name and path_estimates._file_version = versions.file_version
