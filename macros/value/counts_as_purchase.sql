{% macro counts_as_purchase() -%}
    {#- Whether a row of orders is a purchase of a known customer until the as-of moment. -#}
    is_purchase and customer_id is not null and business_date <= {{ as_of_date() }}
{%- endmacro %}
