{% macro components_with_changes(components, affected, found) -%}
    {#- The components of the last run without the keys that were worked out anew, and what was found for those. -#}
    select component.key, component.component_key
    from {{ components }} as component
    left join {{ affected }} as affected on component.key = affected.key
    where affected.key is null
    union all
    select key, component_key from {{ found }}
{%- endmacro %}
