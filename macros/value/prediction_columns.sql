{% macro prediction_columns(relation) -%}
    {#-
        What a mart shows of the prediction of a customer: `relation` is int_value__predictions with `share_above`, the
        share of the source's customers who are worth more. Where the margin is negative, the interval turns around.
    -#}
    {%- set value = relation ~ '.residual_revenue' -%}
    {{ relation }}.frequency as repeat_purchase_count,
        {{ relation }}.recency_days,
        {{ relation }}.age_days,
        cast({{ relation }}.mean_spend_amount as decimal(18, 4)) as mean_spend_amount,
        {{ relation }}.transaction_fit_id,
        {{ relation }}.spend_fit_id,
        {{ relation }}.prediction_note,
        cast({{ relation }}.probability_alive as decimal(18, 12)) as probability_alive,
        cast({{ relation }}.expected_purchases_12_months as decimal(18, 6)) as expected_purchases_12_months,
        cast({{ relation }}.expected_purchases_24_months as decimal(18, 6)) as expected_purchases_24_months,
        cast({{ relation }}.expected_purchases_36_months as decimal(18, 6)) as expected_purchases_36_months,
        cast({{ relation }}.discounted_purchases as decimal(28, 12)) as discounted_purchases,
        cast({{ relation }}.expected_spend as decimal(18, 4)) as expected_spend_amount,
        cast({{ relation }}.margin_rate as decimal(18, 8)) as margin_rate,
        {%- for months in [12, 24, 36] %}
        cast({{ relation }}.expected_margin_{{ months }}_months as decimal(18, 4))
            as expected_margin_{{ months }}_months_amount,
        {%- endfor %}
        {%- for factor, basis in [('', 'revenue'), (' * ' ~ relation ~ '.margin_rate', 'clv')] %}
        cast({{ relation }}.residual_revenue_36_months{{ factor }} as decimal(18, 4))
            as residual_{{ basis }}_36_months_amount,
        cast({{ value }}{{ factor }} as decimal(18, 4)) as residual_{{ basis }}_amount,
        cast(least(
            {{ value }}{{ factor }} * {{ relation }}.lower_95_factor,
            {{ value }}{{ factor }} * {{ relation }}.upper_95_factor
        ) as decimal(18, 4)) as residual_{{ basis }}_lower_95_amount,
        cast(greatest(
            {{ value }}{{ factor }} * {{ relation }}.lower_95_factor,
            {{ value }}{{ factor }} * {{ relation }}.upper_95_factor
        ) as decimal(18, 4)) as residual_{{ basis }}_upper_95_amount,
        cast(abs({{ relation }}.residual_revenue_deviation{{ factor }}) as decimal(18, 4))
            as residual_{{ basis }}_deviation_amount,
        {%- endfor %}
        case
            when {{ value }} is null then null
            {%- for tier, share in var('value_tiers').items() %}
            when {{ relation }}.share_above < {{ share }} then '{{ tier }}'
            {%- endfor %}
            else 'low'
        end as value_tier
{%- endmacro %}
