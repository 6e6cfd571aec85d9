{% macro try_integer(text) -%}
    {#- Text as a whole number, null where it is none. A cast alone rounds 4.5 on one engine and refuses 4.0 on the other. -#}
    case when {{ matches(text, '^[+-]?[0-9]{1,18}\\z') }} then cast({{ text }} as bigint) end
{%- endmacro %}
