{% macro new_column(name) -%}
    {#- Text of a column that arrived and was not in the contract of its raw table; null where a row did not have it. -#}
    {{ return(adapter.dispatch('new_column', 'cem_warehouse')(name)) }}
{%- endmacro %}

{% macro default__new_column(name) -%}
    json_extract_string(_new_columns, '$."{{ name }}"')
{%- endmacro %}

{% macro spark__new_column(name) -%}
    get_json_object(_new_columns, '$.{{ name }}')
{%- endmacro %}
