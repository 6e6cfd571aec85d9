{% macro too_few(count) -%}
    {#- Whether so many answers, or customers, are too few to show a figure of: the one rule of suppression. -#}
    coalesce({{ count }}, 0) < {{ var('minimum_answers') }}
{%- endmacro %}
