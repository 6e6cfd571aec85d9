{% macro place_among_held(intervals, parts) -%}
    {#-
        Of several rows of `customer_attributes` that were so at once the newest counts, and is 1: a number within `parts`.
        One that says not since when stands back behind those that do.
    -#}
    row_number() over (
        partition by {{ parts | join(', ') }}
        order by
            case when {{ intervals }}.valid_from = {{ intervals }}.loaded_at then 1 else 0 end asc,
            {{ intervals }}.valid_from desc,
            {{ intervals }}.customer_attribute_id desc
    )
{%- endmacro %}
