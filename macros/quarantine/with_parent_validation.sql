{% macro with_parent_validation(relation, parent, key, parent_key=none) -%}
    {#-
        The raw rows of `relation`, each with `is_of_loaded_parent`: whether `parent`, the base model of what they are
        parts of, holds its `key` (there as `parent_key`, where it has another name), outside quarantine. A part of what
        the source deleted, or what is in quarantine, has nowhere to go, and goes to quarantine.
    -#}
    (
        select raw_row.*, loaded_parent.parent_key is not null as is_of_loaded_parent
        from {{ relation }} as raw_row
        left join (
            select distinct {{ parent_key or key }} as parent_key from {{ parent }} where quarantine_rule is null
        ) as loaded_parent
            on raw_row.{{ key }} = loaded_parent.parent_key
    )
{%- endmacro %}
