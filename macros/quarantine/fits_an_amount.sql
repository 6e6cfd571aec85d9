{% macro fits_an_amount(quantity, unit_price) %}
    {#- What a line comes to has at most 14 digits before the point, as every amount: more is a slip of the keyboard. -#}
    {{ return(row_rule(
        quantity,
        'abs(cast(' ~ try_integer(quantity) ~ ' as double) * cast(' ~ try_money(unit_price) ~ ' as double)) >= 1e14',
        'times ' ~ unit_price ~ ' is 10^14 or more'
    )) }}
{% endmacro %}
