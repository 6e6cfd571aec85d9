{% macro without_included_tax(amount, tax, is_included) -%}
    {#- An amount that was charged, without the tax in it: tax is collected for the state, and no revenue. -#}
    {{ amount }} - case when {{ is_included }} then {{ tax }} else 0 end
{%- endmacro %}
