{% macro json_field(json, path) -%}
    {#-
        What stands in a JSON object, given as text, at `path` (a list of names), as text; null where nothing does. What
        is an object or a list itself comes as JSON.
    -#}
    {{ return(adapter.dispatch('json_field', 'cem_warehouse')(json, path)) }}
{%- endmacro %}

{% macro default__json_field(json, path) -%}
    json_extract_string(try_cast({{ json }} as json), '${% for name in path %}."{{ name }}"{% endfor %}')
{%- endmacro %}

{% macro spark__json_field(json, path) -%}
    get_json_object({{ json }}, "${% for name in path %}['{{ name }}']{% endfor %}")
{%- endmacro %}
