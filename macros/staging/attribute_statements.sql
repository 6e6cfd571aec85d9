{% macro attribute_statements(relation, source, attributes) -%}
    {#-
        Rows of the entity `customer_attribute_statements` from the columns of `relation`: `attributes` maps the name of
        each attribute, as seeds/descriptive has it, to the column, or expression, that holds it. The relation has the
        columns customer_namespace, source_customer_id, source_record_id, occurred_at and loaded_at. A null states
        nothing.
    -#}
    select
        '{{ source }}' as source_system,
        customer_namespace,
        source_customer_id,
        source_record_id,
        occurred_at,
        loaded_at,
        attribute,
        attribute_value
    from (
        select
            wide.*,
            named.attribute,
            case named.attribute
                {% for attribute, column in attributes.items() -%}
                when '{{ attribute }}' then cast(wide.{{ column }} as string)
                {% endfor -%}
            end as attribute_value
        from {{ relation }} as wide
        cross join (
            values
            {% for attribute in attributes -%}
            ('{{ attribute }}'){{ ',' if not loop.last }}
            {% endfor -%}
        ) as named (attribute)
    ) as long
    where attribute_value is not null
{%- endmacro %}
