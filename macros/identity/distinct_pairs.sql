{% macro distinct_pairs(pairs) -%}
    {#- Each pair of a query once, whichever of its keys comes first. -#}
    select distinct
        case when key < neighbour then key else neighbour end as key,
        case when key < neighbour then neighbour else key end as neighbour
    from ({{ pairs }}) as pair
{%- endmacro %}
