{% macro a_currency(column) %}
    {{ return(row_rule(column, 'not ' ~ matches(column, '^[A-Z]{3}\\z'), 'is no ISO 4217 code')) }}
{% endmacro %}
