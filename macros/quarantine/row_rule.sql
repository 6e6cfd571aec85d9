{% macro row_rule(column, fails, says) %}
    {#- A row rule: rows for which the condition `fails` is true go to quarantine, `says` completes the sentence. -#}
    {{ return({'column': column, 'fails': fails, 'says': says}) }}
{% endmacro %}
