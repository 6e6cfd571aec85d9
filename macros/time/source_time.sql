{% macro source_time(text, source, zone_column=none) -%}
    {#-
        A source's time, given as text in the source's own zone or in the one that `zone_column` names row by row, as a
        UTC timestamp; null where it is no time. A time that is written with its offset is in no zone but that.
    -#}
    {%- set zone = var('source_time_zones').get(source) -%}
    {%- set time = try_timestamp(text) -%}
    {%- if zone or zone_column -%}
        case when {{ has_offset(text) }} then {{ time }} else {{ to_utc(time, zone, zone_column) }} end
    {%- else -%}
        {{ time }}
    {%- endif -%}
{%- endmacro %}
