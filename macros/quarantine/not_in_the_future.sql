{% macro not_in_the_future(column, source, zone_column=none, is_typed=false) %}
    {#- A day's grace: some sources write days, and clocks differ. -#}
    {{ return(row_rule(column, moment_of(column, source, zone_column, is_typed) ~ ' > ' ~ add_days('_loaded_at', 1),
                       'is after it was loaded')) }}
{% endmacro %}
