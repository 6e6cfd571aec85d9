{% macro keys_of_changed_components(pairs, former_pairs, components) -%}
    {#- The keys of every pair that is new or gone, and all that were connected with them. -#}
    with changed_pairs as (
        select coalesce(pair.key, former.key) as key, coalesce(pair.neighbour, former.neighbour) as neighbour
        from {{ pairs }} as pair
        full outer join {{ former_pairs }} as former
            on pair.key = former.key and pair.neighbour = former.neighbour
        where pair.key is null or former.key is null
    ),

    touched as (
        select key from changed_pairs
        union
        select neighbour from changed_pairs
    )

    select key from touched
    union
    select component.key
    from {{ components }} as component
    inner join (
        select distinct component.component_key
        from touched
        inner join {{ components }} as component on touched.key = component.key
    ) as changed
        on component.component_key = changed.component_key
{%- endmacro %}
