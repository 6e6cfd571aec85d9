{% macro numbered_pairs(pairs, numbers) -%}
    {#-
        Each pair once, as the numbers of its keys, the lower one first. What is a pair with itself is told by its keys:
        a condition between the two numbers would let an engine join all numbers with all others first.
    -#}
    select distinct
        case when one.number < other.number then one.number else other.number end as low,
        case when one.number < other.number then other.number else one.number end as high
    from ({{ pairs }}) as pair
    inner join {{ numbers }} as one on pair.key = one.key
    inner join {{ numbers }} as other on pair.neighbour = other.key
    where pair.key <> pair.neighbour
{%- endmacro %}
