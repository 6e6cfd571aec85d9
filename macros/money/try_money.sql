{% macro try_money(value) -%}
    {#- Text, or a number of a typed file, as an amount; null where it is none. Unit prices go below a cent. -#}
    {{ try_decimal(value, 4) }}
{%- endmacro %}
