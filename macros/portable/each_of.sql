{% macro each_of(values) -%}
    {#- One row a value, which are expressions of one type: for the select list. -#}
    {{ return(adapter.dispatch('each_of', 'cem_warehouse')(values)) }}
{%- endmacro %}

{% macro default__each_of(values) -%}
    unnest([
        {{ values | join(',\n        ') }}
    ])
{%- endmacro %}

{% macro spark__each_of(values) -%}
    explode(array(
        {{ values | join(',\n        ') }}
    ))
{%- endmacro %}
