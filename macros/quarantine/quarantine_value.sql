{% macro quarantine_value(rules) -%}
    {#-
        The value that broke the rule named by the column `quarantine_rule`, as it stands in the file: the rules themselves
        are not held against the row once more.
    -#}
    case quarantine_rule
        {%- for rule in rules %}
        when '{{ rule.column }} {{ rule.says }}' then cast({{ rule.column }} as string)
        {%- endfor %}
    end
{%- endmacro %}
