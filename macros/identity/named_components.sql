{% macro named_components(components, numbers) -%}
    select own.key, smallest.key as component_key
    from {{ components }} as component
    inner join {{ numbers }} as own on component.number = own.number
    inner join {{ numbers }} as smallest on component.component = smallest.number
{%- endmacro %}
