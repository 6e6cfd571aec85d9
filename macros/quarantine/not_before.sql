{% macro not_before(column, other, time=try_timestamp) %}
    {{ return(row_rule(column, time(column) ~ ' < ' ~ time(other), 'is before ' ~ other)) }}
{% endmacro %}
