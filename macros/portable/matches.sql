{% macro matches(text, pattern) -%}
    {#-
        Whether `pattern` is found in `text`. End a pattern with \z, not $: before $, Java lets a last line break pass,
        RE2 does not.
    -#}
    {{ return(adapter.dispatch('matches', 'cem_warehouse')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    {#- A raw literal: in a plain one, Spark takes the backslash for itself. -#}
    {{ text }} rlike r'{{ pattern }}'
{%- endmacro %}
