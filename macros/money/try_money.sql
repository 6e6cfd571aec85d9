{% macro try_money(text) -%}
    {#- Text as an amount or unit price, null where it is none. Four decimals: unit prices go below a cent. -#}
    try_cast({{ text }} as decimal(18, 4))
{%- endmacro %}
