{% macro with_adjusted_p_values(relation, family, key) -%}
    {#-
        The rows of `relation` with `test_count`, how many of a family have a p_value, and `adjusted_p_value` (Benjamini,
        Hochberg 1995, Controlling the false discovery rate, JRSS B 57:1): of those with at most this one, that share is
        expected to be chance. `family` are the columns of what is looked at together, `key` those that tell equals apart.
    -#}
    (
        with ranked as (
            select
                *,
                count(p_value) over (partition by {{ family | join(', ') }}) as test_count,
                row_number() over (
                    partition by {{ family | join(', ') }} order by p_value asc nulls last, {{ key | join(', ') }}
                ) as p_place
            from {{ relation }}
        ),

        stepped as (
            select
                *,
                min(p_value * test_count / p_place) over (
                    partition by {{ family | join(', ') }}
                    order by p_place asc
                    rows between current row and unbounded following
                ) as smallest_p_value
            from ranked
        )

        select
            *,
            case when p_value is not null then least(smallest_p_value, 1) end as adjusted_p_value
        from stepped
    )
{%- endmacro %}
