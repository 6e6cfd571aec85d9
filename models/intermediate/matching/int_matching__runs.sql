select
    method,
    reason,
    record_count,
    customer_count,
    compared_pair_count,
    kept_pair_count,
    prior_probability,
    _loaded_at as matched_at
from {{ source('matching', 'runs') }}
