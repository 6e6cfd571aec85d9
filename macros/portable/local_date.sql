{% macro local_date(moment, zone_column=none, zone=var('company_time_zone')) -%}
    {#-
        The calendar day of a UTC timestamp where it happened: in the zone that `zone_column` names row by row (in the
        IANA list, or as an offset, UTC+05:45), and in the zone named `zone` where it names none.
    -#}
    {%- set own = adapter.dispatch('local_date', 'cem_warehouse')(moment, zone_column) if zone_column -%}
    {%- set common = adapter.dispatch('local_date', 'cem_warehouse')(moment, "'" ~ zone ~ "'")
                     if zone != 'UTC' else 'cast(' ~ moment ~ ' as date)' -%}
    {{ return('case when (' ~ zone_column ~ ') is not null then ' ~ own ~ ' else ' ~ common ~ ' end' if own else common) }}
{%- endmacro %}

{% macro default__local_date(moment, zone) -%}
    {%- set of_zone = "timezone(" ~ zone ~ ", timezone('UTC', " ~ moment ~ "))" -%}
    cast({{ by_offset(zone, moment ~ ' + ', of_zone) }} as date)
{%- endmacro %}

{% macro spark__local_date(moment, zone) -%}
    cast(from_utc_timestamp({{ moment }}, {{ zone }}) as date)
{%- endmacro %}
