{% macro own_zone(entity) %}
    {#-
        The zone that a row of `entity` names, as an expression, or none: its time zone, or the offset its time was
        written with. A time written in UTC says nothing of where it happened.
    -#}
    {%- if entity in var('entities_with_time_zone') -%}
        {{ return('time_zone') }}
    {%- elif entity in var('entities_with_utc_offset') -%}
        {{ return("case when utc_offset <> '+00:00' then 'UTC' || utc_offset end") }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
