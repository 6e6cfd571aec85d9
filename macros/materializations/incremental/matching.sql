{% macro matching(relation, columns, keys) -%}
    {#-
        The rows of `relation` whose key is one of `keys`, a relation of key columns; `columns` says under which name
        `relation` has each. A key that is null is a key.
    -#}
    (
        select input.* from {{ relation }} as input
        semi join {{ keys }} as touched
            on {% for key, column in columns.items() -%}
            input.{{ column }} is not distinct from touched.{{ key }}{{ ' and ' if not loop.last }}
            {%- endfor %}
    )
{%- endmacro %}
