{% macro hidden_parts(sums, keys, row_count, people_count, too_few_of) -%}
    {#-
        The parts of `sums` whose figures are not shown, with the reason. Too few people is the reason of the first. But
        what is hidden of a dimension is the whole less what is shown of it: where that is of somebody, and may be of too
        few, the smallest of those shown is hidden, too. It is of the people of the whole less those of each part that is
        shown, at least: some are in several. `keys` are what a figure is of, beside `dimension` and `dimension_value`.
    -#}
    {%- set listed = keys | join(', ') -%}
    (
        with parts as (
            select
                sums.*,
                max(case when dimension = 'none' then {{ people_count }} end) over (partition by {{ listed }})
                    as whole_people_count,
                {{ too_few(people_count) }} as is_too_few
            from {{ sums }} as sums
        ),

        counted as (
            select
                *,
                sum(case when is_too_few then {{ row_count }} else 0 end) over (
                    partition by {{ listed }}, dimension
                ) as hidden_row_count,
                whole_people_count - sum(case when is_too_few then 0 else {{ people_count }} end) over (
                    partition by {{ listed }}, dimension
                ) as hidden_people_count,
                row_number() over (
                    partition by {{ listed }}, dimension, is_too_few
                    order by {{ people_count }} asc, dimension_value asc
                ) as place
            from parts
        )

        select
            {{ listed }},
            dimension,
            dimension_value,
            case when is_too_few then 'too few {{ too_few_of }}' else 'would reveal another part' end
                as suppression_reason
        from counted
        where is_too_few
            or (place = 1 and hidden_row_count > 0 and {{ too_few('hidden_people_count') }})
    )
{%- endmacro %}
