{% macro source_time(text, source, zone_column=none) -%}
    {#-
        A source's time, given as text in the source's own zone or in the one that `zone_column` names row by row, as a
        UTC timestamp; null where it is no time.
    -#}
    {%- set zone = var('source_time_zones').get(source) -%}
    {%- set local = try_timestamp(text) -%}
    {{ to_utc(local, zone, zone_column) if zone or zone_column else local }}
{%- endmacro %}
