{% macro is_public_message(is_public='is_public') -%}
    {#- Whether the customer sees what was written in a case: yes, unless the source says that it is internal. -#}
    coalesce({{ is_public }}, true)
{%- endmacro %}
