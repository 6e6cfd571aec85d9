{% macro without_blanks(text) -%}
    {#- Text without spaces, breaks and characters without width, of any script. -#}
    {{ return(adapter.dispatch('without_blanks', 'cem_warehouse')(text)) }}
{%- endmacro %}

{% macro default__without_blanks(text) -%}
    regexp_replace({{ text }}, '[\s\p{Z}\p{Cc}\p{Cf}]', '', 'g')
{%- endmacro %}

{% macro spark__without_blanks(text) -%}
    {#- A raw literal: in a plain one, Spark takes the backslash for itself. -#}
    regexp_replace({{ text }}, r'[\s\p{Z}\p{Cc}\p{Cf}]', '')
{%- endmacro %}
