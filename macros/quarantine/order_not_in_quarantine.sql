{% macro order_not_in_quarantine() %}
    {{ return(row_rule('order_id', 'is_of_quarantined_order', 'is of an order in quarantine')) }}
{% endmacro %}
