{% macro at_least(column, bound) %}
    {{ return(row_rule(column, try_money(column) ~ ' < ' ~ bound, 'is below ' ~ bound)) }}
{% endmacro %}
