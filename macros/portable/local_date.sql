{% macro local_date(moment, zone_column=none, zone=var('company_time_zone')) -%}
    {#-
        The calendar day of a UTC timestamp where it happened: in the zone that `zone_column` names row by row, and in the
        zone named `zone` where it names none.
    -#}
    {%- set own = adapter.dispatch('local_date', 'cem_warehouse')(moment, zone_column) if zone_column -%}
    {%- set common = adapter.dispatch('local_date', 'cem_warehouse')(moment, "'" ~ zone ~ "'")
                     if zone != 'UTC' else 'cast(' ~ moment ~ ' as date)' -%}
    {{ return('case when ' ~ zone_column ~ ' is not null then ' ~ own ~ ' else ' ~ common ~ ' end' if own else common) }}
{%- endmacro %}

{% macro default__local_date(moment, zone) -%}
    cast(timezone({{ zone }}, timezone('UTC', {{ moment }})) as date)
{%- endmacro %}

{% macro spark__local_date(moment, zone) -%}
    cast(from_utc_timestamp({{ moment }}, {{ zone }}) as date)
{%- endmacro %}
