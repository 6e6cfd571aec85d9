{% macro with_row_rules(relation, rules) -%}
    {#- The raw rows of `relation`, each with `quarantine_rule`: the first of the row `rules` that it breaks, in words. -#}
    (
        select raw_row.*, {{ quarantine_rule(rules) }} as quarantine_rule
        from {{ relation }} as raw_row
    )
{%- endmacro %}
