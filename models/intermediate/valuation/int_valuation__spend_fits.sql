select
    valuation_id,
    fit_id,
    p,
    q,
    v,
    covariance_pp,
    covariance_pq,
    covariance_pv,
    covariance_qq,
    covariance_qv,
    covariance_vv
from {{ source('valuation', 'spend_fits') }}
