{% macro matches_column(text, pattern) -%}
    {#- Whether the pattern in a column is found in `text`; for a pattern that is known, see `matches`. -#}
    {{ return(adapter.dispatch('matches_column', 'cem_warehouse')(text, pattern)) }}
{%- endmacro %}

{% macro default__matches_column(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__matches_column(text, pattern) -%}
    {{ text }} rlike {{ pattern }}
{%- endmacro %}
