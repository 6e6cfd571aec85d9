{% macro attribute_statements(relation, attributes) -%}
    {#-
        Rows of the entity `customer_attribute_statements` from the columns `attributes` of `relation`, named as
        seeds/descriptive names them. It has source_system, customer_namespace, source_customer_id, source_record_id,
        occurred_at and loaded_at, too. A null states nothing.
    -#}
    select * from (
        {{ attribute_rows(relation, attributes) }}
    ) as stated
    where attribute_value is not null
{%- endmacro %}
