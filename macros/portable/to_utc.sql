{% macro to_utc(local, zone) -%}
    {#- A local wall-clock time of `zone` as a UTC timestamp. -#}
    {{ return(adapter.dispatch('to_utc', 'cem_warehouse')(local, zone)) }}
{%- endmacro %}

{% macro default__to_utc(local, zone) -%}
    timezone('UTC', timezone('{{ zone }}', {{ local }}))
{%- endmacro %}

{% macro spark__to_utc(local, zone) -%}
    to_utc_timestamp({{ local }}, '{{ zone }}')
{%- endmacro %}
