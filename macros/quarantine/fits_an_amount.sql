{% macro fits_an_amount(column, amount) %}
    {#- What a line comes to has at most 14 digits before the point, as every amount: more is a slip of the keyboard. -#}
    {{ return(row_rule(column, 'abs(' ~ amount ~ ') >= 1e14', 'times unit_price is 10^14 or more')) }}
{% endmacro %}
