{% macro a_time(column) %}
    {{ return(row_rule(column, column ~ ' is not null and ' ~ try_timestamp(column) ~ ' is null', 'is not a time')) }}
{% endmacro %}
