{% macro shop_order_line_rules() %}
    {#- What a line breaks by itself. A price may be below 0: a discount, or a gift card that is redeemed, as a line. -#}
    {{ return([
        required('order_id'),
        required('line_number'),
        an_integer('line_number'),
        required('product_id'),
        required('quantity'),
        an_integer('quantity'),
        at_least('quantity', 1),
        at_most('quantity', 1000000000),
        required('unit_price'),
        a_number('unit_price'),
        a_number('discount_amount'),
        at_least('discount_amount', 0),
        fits_an_amount('quantity', shop_line_amount()),
        a_boolean('is_backordered'),
    ]) }}
{% endmacro %}
