{% macro a_json_list(column) %}
    {{ return(row_rule(column, column ~ ' is not null and not ' ~ is_json_list(column), 'is no list')) }}
{% endmacro %}
