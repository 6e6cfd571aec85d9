{% macro is_blank(value) -%}
    {#- Whether nothing is written there: null, or only spaces, breaks and characters without width, of any script. -#}
    ({{ value }} is null or not {{ matches('cast(' ~ value ~ ' as string)', '[^\\s\\p{Z}\\p{Cc}\\p{Cf}]') }})
{%- endmacro %}
