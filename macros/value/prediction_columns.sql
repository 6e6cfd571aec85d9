{% macro prediction_columns(relation) -%}
    {#- What a mart shows of the prediction of a customer: `relation` is int_value__predictions. -#}
    {{ relation }}.frequency as repeat_purchase_count,
        {{ relation }}.recency_days,
        {{ relation }}.age_days,
        cast({{ relation }}.mean_spend_amount as decimal(28, 4)) as mean_spend_amount,
        {{ relation }}.transaction_fit_id,
        {{ relation }}.spend_fit_id,
        {{ relation }}.prediction_note,
        cast({{ relation }}.recency_seasonally_adjusted_days as decimal(18, 8)) as recency_seasonally_adjusted_days,
        cast({{ relation }}.age_seasonally_adjusted_days as decimal(18, 8)) as age_seasonally_adjusted_days,
        cast({{ relation }}.probability_alive as decimal(18, 12)) as probability_alive,
        cast({{ relation }}.expected_purchases_12_months as decimal(18, 6)) as expected_purchases_12_months,
        cast({{ relation }}.expected_purchases_24_months as decimal(18, 6)) as expected_purchases_24_months,
        cast({{ relation }}.expected_purchases_36_months as decimal(18, 6)) as expected_purchases_36_months,
        {{ relation }}.horizon_months,
        cast({{ relation }}.annual_discount_rate as decimal(18, 8)) as annual_discount_rate,
        cast({{ relation }}.discounted_purchases as decimal(28, 12)) as discounted_purchases,
        cast({{ relation }}.discounted_purchases_infinite_horizon as decimal(28, 12))
            as discounted_purchases_infinite_horizon,
        cast({{ relation }}.expected_spend as decimal(28, 4)) as expected_spend_amount,
        cast({{ relation }}.margin_rate as decimal(28, 8)) as margin_rate,
        {%- for months in [12, 24, 36] %}
        cast({{ relation }}.expected_margin_{{ months }}_months as decimal(28, 4))
            as expected_margin_{{ months }}_months_amount,
        {%- endfor %}
        {{ residual_value_columns(relation) }},
        {{ relation }}.value_tier
{%- endmacro %}
