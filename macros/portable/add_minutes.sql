{% macro add_minutes(moment, minutes) -%}
    {#- `moment` plus whole minutes, a timestamp. -#}
    {{ return(adapter.dispatch('add_minutes', 'cem_warehouse')(moment, minutes)) }}
{%- endmacro %}

{% macro default__add_minutes(moment, minutes) -%}
    ({{ moment }} + to_minutes(cast({{ minutes }} as bigint)))
{%- endmacro %}

{% macro spark__add_minutes(moment, minutes) -%}
    ({{ moment }} + make_dt_interval(0, 0, cast({{ minutes }} as int)))
{%- endmacro %}
