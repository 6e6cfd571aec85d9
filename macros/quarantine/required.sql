{% macro required(column) %}
    {{ return(row_rule(column, column ~ ' is null', 'is missing')) }}
{% endmacro %}
