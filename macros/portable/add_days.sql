{% macro add_days(moment, days) -%}
    {#- `moment` plus whole days, a timestamp. -#}
    {{ return(adapter.dispatch('add_days', 'cem_warehouse')(moment, days)) }}
{%- endmacro %}

{% macro default__add_days(moment, days) -%}
    ({{ moment }} + to_days(cast({{ days }} as integer)))
{%- endmacro %}

{% macro spark__add_days(moment, days) -%}
    ({{ moment }} + make_dt_interval(cast({{ days }} as int)))
{%- endmacro %}
