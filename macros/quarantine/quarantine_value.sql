{% macro quarantine_value(rules) -%}
    {#- The value that broke the rule named by `quarantine_rule`, as it stands in the file. -#}
    case
        {%- for rule in rules %}
        when {{ rule.fails }} then cast({{ rule.column }} as string)
        {%- endfor %}
    end
{%- endmacro %}
