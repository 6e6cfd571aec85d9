{% macro an_integer(column) %}
    {{ return(row_rule(column, column ~ ' is not null and ' ~ try_integer(column) ~ ' is null',
                       'is not a whole number')) }}
{% endmacro %}
