{% macro key_names(key) -%}
    {#- The names that `with_deliveries` gives the parts of a key. -#}
    {%- for part in key -%}key_{{ loop.index }}{{ ', ' if not loop.last }}{%- endfor -%}
{%- endmacro %}
