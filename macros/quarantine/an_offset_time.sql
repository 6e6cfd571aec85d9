{% macro an_offset_time(column) %}
    {{ return(row_rule(column, column ~ ' is not null and ' ~ try_offset_time(column) ~ ' is null',
                       'is not a time with its offset')) }}
{% endmacro %}
