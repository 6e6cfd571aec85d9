{% macro shop_line_amount() -%}
    {#- What a raw order line of the shop comes to; null where one of its numbers is none. -#}
    {{ try_integer('quantity') }} * {{ try_money('unit_price') }} - coalesce({{ try_money('discount_amount') }}, 0)
{%- endmacro %}
