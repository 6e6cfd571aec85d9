{% macro local_date(moment, zone_column=none, zone=var('company_time_zone')) -%}
    {#-
        The calendar day of a UTC timestamp where it happened: in the zone that `zone_column` names row by row (in the
        IANA list, or as an offset, UTC+05:45), and in the zone named `zone` where it names none.
    -#}
    {%- set own = 'cast(' ~ local_time(moment, zone_column) ~ ' as date)' if zone_column -%}
    {%- set common = 'cast(' ~ (local_time(moment, "'" ~ zone ~ "'") if zone != 'UTC' else moment) ~ ' as date)' -%}
    {{ return('case when (' ~ zone_column ~ ') is not null then ' ~ own ~ ' else ' ~ common ~ ' end' if own else common) }}
{%- endmacro %}
