{% macro with_attribute_rules(relation) -%}
    {#-
        The rows of `relation`, each with `is_public_attribute`: whether the values of its `attribute` may stand outside the
        schema `restricted`. Those that may are listed in seeds/descriptive: an attribute that a source adds is personal
        until somebody has decided otherwise.
    -#}
    (
        select stated.*, not coalesce(rule.is_personal, true) as is_public_attribute
        from {{ relation }} as stated
        left join {{ ref('profile_attributes') }} as rule on stated.attribute = rule.attribute
    )
{%- endmacro %}
