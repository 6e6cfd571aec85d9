{% macro a_number(column) %}
    {{ return(row_rule(column, column ~ ' is not null and ' ~ try_money(column) ~ ' is null', 'is not a number')) }}
{% endmacro %}
