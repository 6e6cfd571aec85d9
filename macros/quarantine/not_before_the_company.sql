{% macro not_before_the_company(column, source, zone_column=none, is_typed=false) %}
    {#- Software writes the first day of its own calendar, such as 1970-01-01, where it knows no time. -#}
    {%- set began_on = var('source_began_on').get(source, var('company_began_on')) -%}
    {{ return(row_rule(column,
                       moment_of(column, source, zone_column, is_typed) ~ " < cast('" ~ began_on ~ "' as timestamp)",
                       'is before the company began, ' ~ began_on)) }}
{% endmacro %}
