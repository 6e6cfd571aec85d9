{% macro has_offset(text) -%}
    {#- Whether a time, given as text, says which moment it is, whatever the zone of who wrote it. -#}
    {{ matches(text, '[ T][0-9:.]+(Z| ?UTC|[+-][0-9]{2}(:?[0-9]{2})?)\\z') }}
{%- endmacro %}
