{% macro quarantine_value(rules) -%}
    {#- The value that broke the rule named by `quarantine_rule`, as it stands in the file. -#}
    case
        {%- for rule in rules %}
        when {{ rule.fails }} then {{ rule.column }}
        {%- endfor %}
    end
{%- endmacro %}
