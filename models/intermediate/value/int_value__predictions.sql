-- What the models say of each customer at each valuation: the scores of the distinct histories, joined back, times what
-- a purchase of the customer is worth (Gamma-Gamma). The interval is that
-- of the parameters, by the delta method on the logarithm, with the two fits independent; the predictive one is that of
-- what a single customer brings: nothing, or by a gamma distribution, and no more than somebody who leaves early.
with histories as (
    select * from {{ ref('int_value__purchase_histories') }}
),

scores as (
    select * from {{ ref('int_valuation__history_scores') }}
),

valuations as (
    select * from {{ ref('int_value__valuations') }}
),

spend_fits as (
    select * from {{ ref('int_valuation__spend_fits') }}
),

margin_rates as (
    select * from {{ ref('int_value__margin_rates') }}
),

scored as (
    select
        histories.*,
        scores.transaction_fit_id,
        scores.spend_fit_id,
        scores.reason,
        scores.recency_seasonally_adjusted_days,
        scores.age_seasonally_adjusted_days,
        scores.probability_alive,
        scores.expected_purchases_12_months,
        scores.expected_purchases_24_months,
        scores.expected_purchases_36_months,
        scores.discounted_purchases,
        scores.discounted_purchases_infinite_horizon,
        scores.discounted_purchases_log_error,
        scores.discounted_purchases_square,
        scores.realised_purchases_square,
        scores.realised_purchases_sum_of_squares,
        scores.probability_of_purchase,
        scores.lower_95_score,
        scores.upper_95_score,
        scores.purchases_of_early_leaver,
        scores.prior_probability_alive,
        scores.prior_discounted_purchases,
        scores.holdout_purchases,
        cast(histories.frequency as double) as x,
        coalesce(cast(histories.mean_spend_amount as double) * histories.frequency, 0) as spent,
        scores.prior_spend_fit_id,
        margin_rates.margin_rate,
        valuations.horizon_months,
        valuations.annual_discount_rate
    from histories
    inner join valuations on histories.valuation_id = valuations.valuation_id
    left join scores
        on histories.valuation_id = scores.valuation_id
        and histories.segment = scores.segment
        and histories.frequency = scores.frequency
        and histories.recency_days = scores.recency_days
        and histories.age_days = scores.age_days
    left join margin_rates
        on histories.valuation_id = margin_rates.valuation_id
        and histories.source_system = margin_rates.source_system
),

spends as (
    select
        scored.*,
        {{ expected_spend('spend_fits', 'scored.x', 'scored.spent') }} as expected_spend,
        -- How much customers of one history differ: the mean square of the spend of a purchase, finite above 2.
        case
            when spend_fits.p * scored.x + spend_fits.q > 2
                then spend_fits.p * (spend_fits.v + scored.spent) * spend_fits.p * (spend_fits.v + scored.spent)
                    / (spend_fits.p * scored.x + spend_fits.q - 1) / (spend_fits.p * scored.x + spend_fits.q - 2)
        end as expected_spend_square,
        {{ expected_spend('prior_fits', 'scored.x', 'scored.spent') }} as prior_expected_spend,
        -- How the logarithm of the expected spend moves with those of p, q and v.
        1 - spend_fits.p * scored.x / nullif(spend_fits.p * scored.x + spend_fits.q - 1, 0) as slope_p,
        -spend_fits.q / nullif(spend_fits.p * scored.x + spend_fits.q - 1, 0) as slope_q,
        spend_fits.v / (spend_fits.v + scored.spent) as slope_v,
        -- Of single purchases of customers whose mean is known, as a share of the square of that mean.
        1 / spend_fits.p as spend_scatter,
        spend_fits.covariance_pp,
        spend_fits.covariance_pq,
        spend_fits.covariance_pv,
        spend_fits.covariance_qq,
        spend_fits.covariance_qv,
        spend_fits.covariance_vv
    from scored
    left join spend_fits on scored.spend_fit_id = spend_fits.fit_id
    left join spend_fits as prior_fits on scored.prior_spend_fit_id = prior_fits.fit_id
),

errors as (
    select
        *,
        discounted_purchases * expected_spend as residual_revenue,
        expected_spend is not null and discounted_purchases_log_error is not null as is_error_known,
        sqrt(greatest(
            discounted_purchases_log_error * discounted_purchases_log_error
            + slope_p * slope_p * covariance_pp
            + slope_q * slope_q * covariance_qq
            + slope_v * slope_v * covariance_vv
            + 2 * slope_p * slope_q * covariance_pq
            + 2 * slope_p * slope_v * covariance_pv
            + 2 * slope_q * slope_v * covariance_qv, 0
        )) as log_error
    from spends
),

-- What customers of one history bring within the horizon, those who bring anything: their mean, and how far they
-- scatter, the errors of the parameters included. The lower end knows that some leave early.
realised as (
    select
        *,
        residual_revenue / nullif(probability_of_purchase, 0) as mean_of_buyers,
        case
            when is_error_known and log_error <= 3 and probability_of_purchase > 0 and discounted_purchases > 0
                then (realised_purchases_square + realised_purchases_sum_of_squares * spend_scatter)
                    * expected_spend_square * probability_of_purchase * exp(log_error * log_error)
                    / (discounted_purchases * expected_spend * discounted_purchases * expected_spend) - 1
        end as relative_variance,
        purchases_of_early_leaver * expected_spend as brought_by_early_leaver
    from errors
),

quantiles as (
    select
        *,
        {{ gamma_quantile('mean_of_buyers', 'relative_variance', 'lower_95_score') }} as lower_quantile,
        {{ gamma_quantile('mean_of_buyers', 'relative_variance', 'upper_95_score') }} as upper_quantile
    from realised
),

-- Among the customers of a source, the share of those who are worth more.
ranked as (
    select
        *,
        cast(
            rank() over (partition by valuation_id, source_system order by residual_revenue desc nulls last) - 1
            as double
        ) / count(*) over (partition by valuation_id, source_system) as share_above
    from quantiles
)

select
    valuation_id,
    customer_id,
    source_system,
    segment,
    frequency,
    recency_days,
    age_days,
    mean_spend_amount,
    transaction_fit_id,
    spend_fit_id,
    case
        when transaction_fit_id is null then coalesce(reason, '{{ not_valued_yet() }}')
        when expected_spend is null then coalesce(reason, 'the fitted spends have too heavy a tail')
        else reason
    end as prediction_note,
    recency_seasonally_adjusted_days,
    age_seasonally_adjusted_days,
    probability_alive,
    expected_purchases_12_months,
    expected_purchases_24_months,
    expected_purchases_36_months,
    horizon_months,
    annual_discount_rate,
    discounted_purchases,
    discounted_purchases_infinite_horizon,
    expected_spend,
    margin_rate,
    expected_purchases_12_months * expected_spend * margin_rate as expected_margin_12_months,
    expected_purchases_24_months * expected_spend * margin_rate as expected_margin_24_months,
    expected_purchases_36_months * expected_spend * margin_rate as expected_margin_36_months,
    residual_revenue,
    discounted_purchases_infinite_horizon * expected_spend as residual_revenue_infinite_horizon,
    case
        when discounted_purchases_square is not null and expected_spend_square is not null
            then sqrt(greatest(
                    discounted_purchases_square * expected_spend_square
                    - discounted_purchases * expected_spend * discounted_purchases * expected_spend, 0
                ))
    end as residual_revenue_deviation,
    -- An error of the logarithm above 3 is a factor of 360: the data leave the value open.
    case when is_error_known and log_error <= 3 then exp(-{{ half_width_95('log_error') }}) end as lower_95_factor,
    case when is_error_known and log_error <= 3 then exp({{ half_width_95('log_error') }}) end as upper_95_factor,
    case
        when expected_spend_square is null or (relative_variance is null and lower_95_score is not null) then null
        when lower_95_score is null then 0
        else least(lower_quantile, brought_by_early_leaver)
    end as predictive_lower_95,
    case
        when expected_spend_square is null or (relative_variance is null and upper_95_score is not null) then null
        when upper_95_score is null then 0
        else upper_quantile
    end as predictive_upper_95,
    case
        when residual_revenue is null then null
        {%- for tier, share in var('value_tiers').items() %}
        when share_above < {{ share }} then '{{ tier }}'
        {%- endfor %}
        else 'low'
    end as value_tier,
    prior_probability_alive,
    prior_discounted_purchases,
    prior_discounted_purchases * prior_expected_spend as prior_residual_revenue,
    holdout_purchases
from ranked
