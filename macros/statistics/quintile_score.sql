{% macro quintile_score(order_by) -%}
    {#-
        The fifth, from 1 to 5, in which a customer stands among those of the same source, in order of `order_by`. Equals
        have one score, that of the first of them: where half bought once, their frequency is 1, and nobody's is 2.
    -#}
    cast(
        1 + floor(
            5.0 * (rank() over (partition by source_system order by {{ order_by }}) - 1)
            / count(*) over (partition by source_system)
        ) as bigint
    )
{%- endmacro %}
