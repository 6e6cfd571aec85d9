{% macro required(column) %}
    {#- A text of blanks says as little as none: databases and JSON keep it where delimited text has null. -#}
    {{ return(row_rule(column, is_blank(column), 'is missing')) }}
{% endmacro %}
