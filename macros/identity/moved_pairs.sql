{% macro moved_pairs(pairs, moves) -%}
    {#- The pairs between the numbers that are left, each once. -#}
    select distinct
        case when one < other then one else other end as low,
        case when one < other then other else one end as high
    from (
        select coalesce(low_move.target, pair.low) as one, coalesce(high_move.target, pair.high) as other
        from {{ pairs }} as pair
        left join {{ moves }} as low_move on pair.low = low_move.number
        left join {{ moves }} as high_move on pair.high = high_move.number
    ) as moved
    where one <> other
{%- endmacro %}
