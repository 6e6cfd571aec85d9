{% macro a_known_key(column) %}
    {{ return(row_rule(column, 'not ' ~ is_blank(column) ~ ' and ' ~ known_key(column) ~ ' is null',
                       'is a placeholder and names nobody')) }}
{% endmacro %}
