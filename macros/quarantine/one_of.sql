{% macro one_of(column, values) %}
    {{ return(row_rule(column, column ~ " not in ('" ~ values | join("', '") ~ "')",
                       'is none of ' ~ values | join(', '))) }}
{% endmacro %}
