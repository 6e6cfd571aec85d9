{% macro lines_not_in_quarantine(key, what) %}
    {{ return(row_rule(key, 'has_line_in_quarantine', 'is of ' ~ what ~ ' with a line in quarantine')) }}
{% endmacro %}
