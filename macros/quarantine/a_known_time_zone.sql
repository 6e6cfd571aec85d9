{% macro a_known_time_zone() %}
    {{ return(row_rule('time_zone', 'known_time_zone is null', 'is not a known time zone')) }}
{% endmacro %}
