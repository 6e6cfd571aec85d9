{% macro at_most(column, bound) %}
    {{ return(row_rule(column, try_money(column) ~ ' > ' ~ bound, 'is above ' ~ bound)) }}
{% endmacro %}
