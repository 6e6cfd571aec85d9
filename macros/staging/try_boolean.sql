{% macro try_boolean(text) -%}
    {#- Text as a boolean, however the source's database writes one: true, t or 1, false, f or 0; null where it is none. -#}
    case when lower({{ text }}) in ('true', 't', '1') then true when lower({{ text }}) in ('false', 'f', '0') then false end
{%- endmacro %}
