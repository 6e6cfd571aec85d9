{% macro seconds_between(earlier, later) -%}
    {#- Whole seconds from `earlier` to `later`, a bigint: the seconds of the clock, without their fractions. -#}
    {{ return(adapter.dispatch('seconds_between', 'cem_warehouse')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    date_diff('second', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (unix_timestamp({{ later }}) - unix_timestamp({{ earlier }}))
{%- endmacro %}
