-- Every fit that counts, with the window of the data it was made from.
with fits as (
    select * from {{ ref('int_valuation__model_fits') }}
),

windows as (
    select valuation_id, source_system, segment, min(first_purchase_date) as first_purchase_date
    from {{ ref('int_value__purchase_histories') }}
    group by valuation_id, source_system, segment
),

-- A fit that was made for a month out of sight is kept; of its data only the end is known then.
dated as (
    select
        fits.fit_id,
        fits.parameter,
        min(windows.first_purchase_date) as window_from_date
    from fits
    left join windows
        on fits.valuation_id = windows.valuation_id
        and fits.source_system = windows.source_system
        and (fits.segment is null or fits.segment = windows.segment)
    group by fits.fit_id, fits.parameter
)

select
    md5(fits.fit_id || ':' || coalesce(fits.parameter, '')) as clv_model_fit_id,
    fits.fit_id,
    fits.purpose,
    dated.window_from_date,
    fits.window_to_date,
    fits.source_system,
    fits.segment,
    fits.model,
    fits.status,
    fits.reason,
    fits.parameter,
    fits.estimate,
    fits.standard_error,
    fits.is_at_bound,
    fits.log_likelihood,
    fits.customer_count,
    fits.history_count,
    fits.iteration_count,
    fits.fitted_at
from fits
inner join dated
    on fits.fit_id = dated.fit_id and coalesce(fits.parameter, '') = coalesce(dated.parameter, '')
