{% macro customer_join(relation) -%}
    {#- Joins the customer that a source's own customer key stands for, as customer_key.customer_id. -#}
    left join {{ ref('int_identity__customer_keys') }} as customer_key
        on {{ relation }}.customer_namespace = customer_key.customer_namespace
        and {{ relation }}.source_customer_id = customer_key.source_customer_id
{%- endmacro %}
