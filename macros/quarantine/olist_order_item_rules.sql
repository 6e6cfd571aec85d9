{% macro olist_order_item_rules() %}
    {#- What an item breaks by itself. -#}
    {{ return([
        required('order_id'),
        required('order_item_id'),
        an_integer('order_item_id'),
        required('product_id'),
        required('price'),
        a_number('price'),
        at_least('price', 0),
        required('freight_value'),
        a_number('freight_value'),
        at_least('freight_value', 0),
    ]) }}
{% endmacro %}
