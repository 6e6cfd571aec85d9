{% macro is_json_list(json) -%}
    {#- Whether a text is a JSON list. -#}
    {{ return(adapter.dispatch('is_json_list', 'cem_warehouse')(json)) }}
{%- endmacro %}

{% macro default__is_json_list(json) -%}
    coalesce(json_type(try_cast({{ json }} as json)) = 'ARRAY', false)
{%- endmacro %}

{% macro spark__is_json_list(json) -%}
    ({{ json }} like '[%' and from_json({{ json }}, 'array<string>') is not null)
{%- endmacro %}
