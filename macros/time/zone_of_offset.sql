{% macro zone_of_offset(offset) -%}
    {#- The zone that a time was written in, by its offset. A time written in UTC says nothing of where it happened. -#}
    case when {{ offset }} <> '+00:00' then 'UTC' || {{ offset }} end
{%- endmacro %}
