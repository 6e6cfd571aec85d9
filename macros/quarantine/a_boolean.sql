{% macro a_boolean(column) %}
    {{ return(row_rule(column, column ~ ' is not null and ' ~ try_boolean(column) ~ ' is null',
                       'is neither true nor false')) }}
{% endmacro %}
