select
    file_name as valuation,
    file_version as valuation_version,
    content_md5 as input_md5,
    is_newest,
    _loaded_at as valued_at
from {{ source('statistics', 'landing_files') }}
where table_name = 'model_fits'
