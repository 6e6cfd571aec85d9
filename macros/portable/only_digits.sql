{% macro only_digits(text) -%}
    {{ return(adapter.dispatch('only_digits', 'cem_warehouse')(text)) }}
{%- endmacro %}

{% macro default__only_digits(text) -%}
    regexp_replace({{ text }}, '[^0-9]', '', 'g')
{%- endmacro %}

{% macro spark__only_digits(text) -%}
    regexp_replace({{ text }}, '[^0-9]', '')
{%- endmacro %}
