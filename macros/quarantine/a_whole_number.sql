{% macro a_whole_number(column) %}
    {{ return(row_rule(column, column ~ ' is not null and ' ~ try_whole_number(column) ~ ' is null',
                       'is not a whole number')) }}
{% endmacro %}
