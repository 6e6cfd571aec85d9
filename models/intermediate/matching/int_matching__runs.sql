with runs as (
    select * from {{ source('matching', 'runs') }}
),

versions as (
    select * from {{ source('matching', 'landing_files') }}
    where table_name = 'runs'
)

select
    runs.method,
    runs.reason,
    runs.record_count,
    runs.customer_count,
    runs.compared_pair_count,
    runs.kept_pair_count,
    runs.prior_probability,
    runs._loaded_at as matched_at,
    versions.file_version as matching_version,
    versions.content_md5 as input_md5
from runs
inner join versions
    on runs._file_name = versions.file_name and runs._file_version = versions.file_version
