{% macro days_between(earlier, later) -%}
    {#- Calendar days from `earlier` to `later`, a bigint. -#}
    {{ return(adapter.dispatch('days_between', 'cem_warehouse')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    date_diff('day', cast({{ earlier }} as date), cast({{ later }} as date))
{%- endmacro %}

{% macro spark__days_between(earlier, later) -%}
    cast(datediff(cast({{ later }} as date), cast({{ earlier }} as date)) as bigint)
{%- endmacro %}
