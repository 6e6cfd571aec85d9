{% macro between(column, low, high) %}
    {{ return(row_rule(column, try_money(column) ~ ' not between ' ~ low ~ ' and ' ~ high,
                       'is not between ' ~ low ~ ' and ' ~ high)) }}
{% endmacro %}
