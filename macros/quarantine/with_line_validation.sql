{% macro with_line_validation(relation, lines, key, line_rules, line_key=none) -%}
    {#-
        The raw rows of `relation`, each with `has_line_in_quarantine`: whether a row of `lines` with its `key` (there
        `line_key`, where it has another name) breaks one of `line_rules`. A whole without one of its lines would pass for
        less than it is: it goes to quarantine with it.
    -#}
    (
        select raw_row.*, broken.whole_key is not null as has_line_in_quarantine
        from {{ relation }} as raw_row
        left join (
            select distinct {{ line_key or key }} as whole_key
            from {{ lines }} as line
            where {{ quarantine_rule(line_rules) }} is not null
        ) as broken
            on raw_row.{{ key }} = broken.whole_key
    )
{%- endmacro %}
