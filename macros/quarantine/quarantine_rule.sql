{% macro quarantine_rule(rules) -%}
    {#- The first row rule that a raw row breaks, in words; null where it breaks none. -#}
    case
        {%- for rule in rules %}
        when {{ rule.fails }} then '{{ rule.column }} {{ rule.says }}'
        {%- endfor %}
    end
{%- endmacro %}
