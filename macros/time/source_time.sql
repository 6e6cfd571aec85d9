{% macro source_time(text, source) -%}
    {#- A source's time, given as text in the source's own zone, as a UTC timestamp; null where it is no time. -#}
    {%- set zone = var('source_time_zones').get(source) -%}
    {%- set local = try_timestamp(text) -%}
    {{ to_utc(local, zone) if zone else local }}
{%- endmacro %}
