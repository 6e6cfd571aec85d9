{% macro with_order_validation(relation, orders) -%}
    {#-
        The raw rows of `relation`, each with `is_of_quarantined_order`: whether its order is known to `orders`, the base
        model, but in quarantine. What belongs to such an order has nowhere to go, and goes to quarantine with it.
    -#}
    (
        select raw_row.*, quarantined_order.source_order_id is not null as is_of_quarantined_order
        from {{ relation }} as raw_row
        left join (
            select source_order_id from {{ orders }}
            group by source_order_id having count(*) = count(quarantine_rule)
        ) as quarantined_order
            on raw_row.order_id = quarantined_order.source_order_id
    )
{%- endmacro %}
