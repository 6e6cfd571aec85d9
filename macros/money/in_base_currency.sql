{% macro in_base_currency(amount, rate) -%}
    {#- `amount` in original currency times the rate of its day, kept to four decimals. -#}
    cast({{ amount }} * {{ rate }} as decimal(18, 4))
{%- endmacro %}
