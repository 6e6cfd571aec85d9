select
    valuation_id,
    fit_id,
    source_system,
    segment,
    model,
    status,
    reason,
    parameter,
    estimate,
    standard_error,
    is_at_bound,
    log_likelihood,
    customer_count,
    history_count,
    iteration_count,
    _loaded_at as fitted_at
from {{ source('valuation', 'model_fits') }}
