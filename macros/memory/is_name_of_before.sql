{% macro is_name_of_before(key) -%}
    {#- Whether a key of int_identity__key_history stands for an address, handle or number by its MD5 alone. -#}
    {{ matches(key, '^(email|loyalty|phone|social):[0-9a-f]{32}\\z') }}
{%- endmacro %}
