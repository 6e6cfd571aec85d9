{% macro own_zone(entity) %}
    {#-
        The zone that a row of `entity` names, as an expression, or none: its time zone, or the offset its time was
        written with.
    -#}
    {%- if entity in var('entities_with_time_zone') -%}
        {{ return('time_zone') }}
    {%- elif entity in var('entities_with_utc_offset') -%}
        {{ return(zone_of_offset('utc_offset')) }}
    {%- endif -%}
    {{ return(none) }}
{% endmacro %}
