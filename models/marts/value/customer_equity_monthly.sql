-- Customer equity, and its change taken apart customer by customer. The value of a customer is
--   P(alive) x purchases while alive (A) x what a purchase is worth (S).
-- Going from the month before (0) to this one under the old fit (1), and then to the new fit:
--   retention (P1 - P0) A S0, frequency what else the purchases move, margin what else moves to 1, model change from 1
--   to there. A is that of the month in which the customer is likelier alive: where P is next to nothing, the purchases
--   while alive are the quotient of two roundings, and where it is nothing, they are unknown.
-- Each part is a decimal, and margin and model change are remainders: so the parts sum to the whole, to the last digit.
with snapshots as (
    select * from {{ newest_snapshots() }} as newest
    where lifetime_order_count > 0
),

costs_of_others as (
    select month_date, sum(profit_amount) as profit_amount
    from {{ newest_snapshots() }} as newest
    where lifetime_order_count = 0
    group by month_date
),

customers as (
    {% for basis, value in [('margin', 'clv'), ('revenue', 'revenue')] -%}
    select
        '{{ basis }}' as value_basis,
        customer_id,
        month_date,
        cast(cast(month_date as timestamp) + interval 1 month as date) as next_month_date,
        cast(cast(month_date as timestamp) - interval 12 month as date) as month_a_year_before_date,
        snapshot_version,
        residual_{{ value }}_amount as equity,
        residual_{{ value }}_infinite_horizon_amount as equity_infinite_horizon,
        horizon_months,
        transaction_fit_id,
        spend_fit_id,
        -- The interval of one is that of the fitted parameters, symmetric in the logarithm: two half widths wide.
        -- Where an end was rounded to nothing, its width is taken as it stands.
        case
            when sign(residual_{{ value }}_lower_95_amount) * sign(residual_{{ value }}_upper_95_amount) > 0
                then abs(cast(residual_{{ value }}_amount as double)) * abs(ln(
                        cast(residual_{{ value }}_upper_95_amount as double)
                        / cast(residual_{{ value }}_lower_95_amount as double)
                    )) / {{ half_width_95(2) }}
            else
                cast(residual_{{ value }}_upper_95_amount - residual_{{ value }}_lower_95_amount as double)
                / {{ half_width_95(2) }}
        end as parameter_error,
        cast(residual_{{ value }}_deviation_amount as decimal(19, 2)) as deviation,
        prior_residual_{{ value }}_amount as equity_of_old_fit,
        cast(probability_alive as double) as p,
        cast(discounted_purchases as double) as d,
        cast(prior_probability_alive as double) as p_of_old_fit,
        cast(prior_discounted_purchases as double) as d_of_old_fit,
        cast(expected_spend_amount as double) {{ '* cast(margin_rate as double)' if basis == 'margin' }} as s,
        repeat_purchase_count,
        repeat_purchase_count is not null as has_history,
        expected_purchases_12_months,
        {{ 'profit_amount' if basis == 'margin' else 'cast(null as decimal(28, 4))' }} as profit
    from snapshots
    {{ 'where margin_rate is not null or margin_amount is not null' if basis == 'margin' }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- This month against the one before, whoever is in either.
pairs as (
    select
        coalesce(this_month.value_basis, last_month.value_basis) as value_basis,
        coalesce(this_month.month_date, last_month.next_month_date) as month_date,
        coalesce(this_month.equity, 0) as equity,
        coalesce(last_month.equity, 0) as old_equity,
        this_month.equity is not null as is_valued,
        coalesce(last_month.has_history, false) as had_history,
        coalesce(this_month.has_history, false) as has_history,
        last_month.equity is not null and this_month.equity_of_old_fit is not null as is_comparable,
        coalesce(this_month.equity_of_old_fit, 0) as equity_of_old_fit,
        (this_month.p_of_old_fit - last_month.p) * last_month.s * case
            when greatest(this_month.p_of_old_fit, last_month.p) = 0 then 0
            when this_month.p_of_old_fit > last_month.p then this_month.d_of_old_fit / this_month.p_of_old_fit
            else last_month.d / last_month.p
        end as retention,
        (this_month.d_of_old_fit - last_month.d) * last_month.s as purchases
    from customers as this_month
    full outer join customers as last_month
        on this_month.value_basis = last_month.value_basis
        and this_month.customer_id = last_month.customer_id
        and this_month.month_date = last_month.next_month_date
),

parts as (
    select
        value_basis,
        month_date,
        equity - old_equity as change,
        case when had_history and has_history then 0 else equity - old_equity end as acquisition,
        case when had_history and has_history and is_comparable then cast(retention as decimal(28, 4)) else 0 end
            as retention,
        case when had_history and has_history and is_comparable then cast(purchases as decimal(28, 4)) else 0 end
            as purchases,
        case when had_history and has_history and is_comparable then equity_of_old_fit - old_equity else 0 end
            as behaviour,
        case
            when not (had_history and has_history) then 0
            when is_comparable then equity - equity_of_old_fit
            else equity - old_equity
        end as model_change
    from pairs
),

bridges as (
    select
        value_basis,
        month_date,
        sum(change) as change,
        sum(acquisition) as acquisition,
        sum(retention) as retention,
        sum(purchases - retention) as frequency,
        sum(behaviour - purchases) as margin,
        sum(model_change) as model_change
    from parts
    group by value_basis, month_date
),

-- The parameters of one fit err for all its customers alike, as if all errors went one way; those of different fits,
-- and what customers of one history make of it, each for themselves.
equities_by_fit as (
    select
        value_basis,
        month_date,
        max(snapshot_version) as snapshot_version,
        count(equity) as customer_count,
        count(*) - count(equity) as unvalued_customer_count,
        count(case when equity is not null and (parameter_error is null or deviation is null) then 1 end) as open_count,
        sum(equity) as equity,
        sum(equity_infinite_horizon) as equity_infinite_horizon,
        max(horizon_months) as horizon_months,
        cast(sum(cast(parameter_error as decimal(28, 6))) as double) as parameter_error,
        cast(sum(deviation * deviation) as double) as deviation_square,
        sum(profit) as profit
    from customers
    group by value_basis, month_date, transaction_fit_id, spend_fit_id
),

equities as (
    select
        value_basis,
        month_date,
        max(snapshot_version) as snapshot_version,
        sum(customer_count) as customer_count,
        sum(unvalued_customer_count) as unvalued_customer_count,
        sum(equity) as equity,
        sum(equity_infinite_horizon) as equity_infinite_horizon,
        max(horizon_months) as horizon_months,
        case
            when sum(open_count) = 0
                then sqrt(sum(parameter_error * parameter_error + deviation_square))
                    / nullif(abs(cast(sum(equity) as double)), 0)
        end as relative_error,
        sum(profit) as profit
    from equities_by_fit
    group by value_basis, month_date
),

-- What was predicted a year before of those who were customers then, and what they did: the models are wrong by
-- something that neither of the other errors knows of.
forecasts as (
    select
        this_month.value_basis,
        this_month.month_date,
        sum(year_before.expected_purchases_12_months) as predicted_purchases,
        greatest(sum(this_month.repeat_purchase_count - year_before.repeat_purchase_count), 0) as actual_purchase_count
    from customers as this_month
    inner join customers as year_before
        on this_month.value_basis = year_before.value_basis
        and this_month.customer_id = year_before.customer_id
        and this_month.month_a_year_before_date = year_before.month_date
    where this_month.has_history and year_before.expected_purchases_12_months is not null
    group by this_month.value_basis, this_month.month_date
),

forecast_errors as (
    select
        *,
        -- Half a purchase on either side, so that none at all can be compared as well.
        ln(cast(actual_purchase_count as double) + 0.5) - ln(cast(predicted_purchases as double) + 0.5) as log_error
    from forecasts
),

with_errors as (
    select
        equities.*,
        forecast_errors.predicted_purchases,
        forecast_errors.actual_purchase_count,
        sqrt(
            equities.relative_error * equities.relative_error
            + coalesce(forecast_errors.log_error * forecast_errors.log_error, 0)
        ) as whole_error
    from equities
    left join forecast_errors
        on equities.value_basis = forecast_errors.value_basis
        and equities.month_date = forecast_errors.month_date
),

chained as (
    select
        with_errors.*,
        costs_of_others.profit_amount as profit_of_others,
        previous.equity as previous_equity,
        previous.whole_error as previous_error
    from with_errors
    left join costs_of_others on with_errors.month_date = costs_of_others.month_date
    left join with_errors as previous
        on with_errors.value_basis = previous.value_basis
        and with_errors.month_date = cast(cast(previous.month_date as timestamp) + interval 1 month as date)
        -- What counts other months is another figure: its difference is nobody's doing.
        and coalesce(with_errors.horizon_months, 0) = coalesce(previous.horizon_months, 0)
),

joined as (
    select
        chained.*,
        case when chained.value_basis = 'margin' then chained.profit + coalesce(chained.profit_of_others, 0) end
            as all_profit,
        bridges.change,
        bridges.acquisition,
        bridges.retention,
        bridges.frequency,
        bridges.margin,
        bridges.model_change
    from chained
    left join bridges
        on chained.value_basis = bridges.value_basis
        and chained.month_date = bridges.month_date
        and chained.previous_equity is not null
),

-- Under one fit, the equity of two months errs by one factor: of their quotient nothing but profit's share is open.
-- Across a refit both ends err, as if each for itself.
returns as (
    select
        value_basis,
        month_date,
        cast(all_profit as double) / cast(previous_equity as double) as profit_share,
        cast(change - model_change as double) / cast(previous_equity as double) as growth,
        cast(change as double) / cast(previous_equity as double) as growth_with_refit,
        case when previous_error <= 3 then exp({{ half_width_95('previous_error') }}) end as error_factor,
        case
            when previous_error <= 3 and whole_error <= 3
                then sqrt(
                        cast(equity as double) * cast(equity as double) * whole_error * whole_error
                        / cast(previous_equity as double) / cast(previous_equity as double)
                        + previous_error * previous_error
                    )
        end as error_with_refit
    from joined
    where value_basis = 'margin' and previous_equity <> 0
),

answered as (
    select
        joined.*,
        returns.profit_share,
        returns.growth,
        returns.growth_with_refit,
        returns.error_factor,
        returns.error_with_refit
    from joined
    left join returns
        on joined.value_basis = returns.value_basis
        and joined.month_date = returns.month_date
)

select
    value_basis || ':' || cast(month_date as string) as customer_equity_monthly_id,
    month_date,
    value_basis,
    snapshot_version,
    cast(customer_count as bigint) as customer_count,
    cast(unvalued_customer_count as bigint) as unvalued_customer_count,
    cast(horizon_months as bigint) as horizon_months,
    cast(equity as decimal(28, 4)) as equity_amount,
    -- Symmetric in the logarithm; an error above 3 is a factor of 360: the data leave the equity open.
    case
        when whole_error <= 3
            then cast(
                    least(
                        equity * exp(-{{ half_width_95('whole_error') }}),
                        equity * exp({{ half_width_95('whole_error') }})
                    )
                    as decimal(28, 4)
                )
    end as equity_lower_95_amount,
    case
        when whole_error <= 3
            then cast(
                    greatest(
                        equity * exp(-{{ half_width_95('whole_error') }}),
                        equity * exp({{ half_width_95('whole_error') }})
                    )
                    as decimal(28, 4)
                )
    end as equity_upper_95_amount,
    cast(equity_infinite_horizon as decimal(28, 4)) as equity_infinite_horizon_amount,
    cast(predicted_purchases as decimal(18, 6)) as predicted_purchases_12_months,
    cast(actual_purchase_count as bigint) as actual_purchase_count_12_months,
    cast(previous_equity as decimal(28, 4)) as previous_equity_amount,
    cast(change as decimal(28, 4)) as equity_change_amount,
    cast(acquisition as decimal(28, 4)) as acquisition_amount,
    cast(retention as decimal(28, 4)) as retention_amount,
    cast(frequency as decimal(28, 4)) as frequency_amount,
    cast(margin as decimal(28, 4)) as margin_amount,
    cast(model_change as decimal(28, 4)) as model_change_amount,
    cast(all_profit as decimal(28, 4)) as profit_amount,
    cast(growth + profit_share as decimal(28, 6)) as return_on_customer,
    cast(
        growth + least(
            profit_share / error_factor, profit_share * error_factor
        ) as decimal(28, 6)
    ) as return_on_customer_lower_95,
    cast(
        growth + greatest(
            profit_share / error_factor, profit_share * error_factor
        ) as decimal(28, 6)
    ) as return_on_customer_upper_95,
    cast(growth_with_refit + profit_share as decimal(28, 6)) as return_on_customer_with_refit,
    cast(growth_with_refit + profit_share - {{ half_width_95('error_with_refit') }} as decimal(28, 6))
        as return_on_customer_with_refit_lower_95,
    cast(growth_with_refit + profit_share + {{ half_width_95('error_with_refit') }} as decimal(28, 6))
        as return_on_customer_with_refit_upper_95
from answered
