{% macro single_values(columns) -%}
    {#- Of each column what all rows of a group that say anything agree on; null where they do not. -#}
    {%- for column in columns -%}
    case when min({{ column }}) = max({{ column }}) then min({{ column }}) end as {{ column }}
    {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}
