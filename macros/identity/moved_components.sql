{% macro moved_components(components, moves) -%}
    select component.number, coalesce(move.target, component.component) as component
    from {{ components }} as component
    left join {{ moves }} as move on component.component = move.number
{%- endmacro %}
