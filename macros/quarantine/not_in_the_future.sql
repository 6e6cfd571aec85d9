{% macro not_in_the_future(column, time=try_timestamp) %}
    {#- A day's grace: local times run ahead of UTC, and clocks differ. One time far ahead would be everybody's as-of. -#}
    {{ return(row_rule(column, (time(column) if time else column) ~ ' > ' ~ add_days('_loaded_at', 1),
                       'is after it was loaded')) }}
{% endmacro %}
