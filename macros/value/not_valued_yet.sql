{% macro not_valued_yet() -%}
    {#- The note of a customer whose history was counted, but not fitted and scored yet. -#}
    not valued yet
{%- endmacro %}
