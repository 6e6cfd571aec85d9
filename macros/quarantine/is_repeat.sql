{% macro is_repeat(rule) -%}
    {#- Whether a broken row rule, in words, is one of `delivered_once` that tells of nothing but a repeated delivery. -#}
    ({{ rule }} like '% is of a row that was delivered twice' or {{ rule }} like '% is of a row that came anew')
{%- endmacro %}
