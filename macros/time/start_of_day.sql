{% macro start_of_day(date, source) -%}
    {#- When a day that `source` names without a time began, UTC: at midnight where days of the source are days. -#}
    {%- set zone = business_zone(source) -%}
    {{ return('cast(' ~ date ~ ' as timestamp)' if zone == 'UTC' else to_utc('cast(' ~ date ~ ' as timestamp)', zone)) }}
{%- endmacro %}
