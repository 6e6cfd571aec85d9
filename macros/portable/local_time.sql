{% macro local_time(moment, zone) -%}
    {#- A UTC timestamp as the wall clock showed it in `zone`: an expression of its name, or an offset (UTC+05:45). -#}
    {{ return(adapter.dispatch('local_time', 'cem_warehouse')(moment, zone)) }}
{%- endmacro %}

{% macro default__local_time(moment, zone) -%}
    {{ by_offset(zone, moment ~ ' + ', "timezone(" ~ zone ~ ", timezone('UTC', " ~ moment ~ "))") }}
{%- endmacro %}

{% macro spark__local_time(moment, zone) -%}
    from_utc_timestamp({{ moment }}, {{ zone }})
{%- endmacro %}
