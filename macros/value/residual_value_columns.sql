{% macro residual_value_columns(relation) -%}
    {#-
        Residual revenue and CLV of a customer, with the intervals of their mean and of what the customer brings, and for
        ever. Where the margin is negative, an interval turns around.
    -#}
    {%- for factor, basis in [('', 'revenue'), (' * ' ~ relation ~ '.margin_rate', 'clv')] %}
    {%- set value = relation ~ '.residual_revenue' ~ factor -%}
    {%- set ends = {
        '': [value ~ ' * ' ~ relation ~ '.lower_95_factor', value ~ ' * ' ~ relation ~ '.upper_95_factor'],
        'predictive_': [relation ~ '.predictive_lower_95' ~ factor, relation ~ '.predictive_upper_95' ~ factor],
    } %}
        cast({{ value }} as decimal(28, 4)) as residual_{{ basis }}_amount,
        {%- for interval, of_interval in ends.items() %}
        cast(least({{ of_interval | join(', ') }}) as decimal(28, 4))
            as residual_{{ basis }}_{{ interval }}lower_95_amount,
        cast(greatest({{ of_interval | join(', ') }}) as decimal(28, 4))
            as residual_{{ basis }}_{{ interval }}upper_95_amount,
        {%- endfor %}
        cast(abs({{ relation }}.residual_revenue_deviation{{ factor }}) as decimal(28, 4))
            as residual_{{ basis }}_deviation_amount,
        cast({{ relation }}.residual_revenue_infinite_horizon{{ factor }} as decimal(28, 4))
            as residual_{{ basis }}_infinite_horizon_amount {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
