{% macro attribute_rows(relation, attributes) -%}
    {#-
        The records of `relation`, a row for each of its columns `attributes`. One read for all of them, where a select an
        attribute would be as many.
    -#}
    select
        wide.source_system,
        wide.customer_namespace,
        wide.source_customer_id,
        wide.source_record_id,
        wide.occurred_at,
        wide.loaded_at,
        named.attribute,
        case named.attribute
            {% for attribute in attributes -%}
            when '{{ attribute }}' then cast(wide.{{ attribute }} as string)
            {% endfor -%}
        end as attribute_value
    from {{ relation }} as wide
    cross join (
        values
        {% for attribute in attributes -%}
        ('{{ attribute }}'){{ ',' if not loop.last }}
        {% endfor -%}
    ) as named (attribute)
{%- endmacro %}
