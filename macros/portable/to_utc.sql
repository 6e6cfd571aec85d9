{% macro to_utc(local, zone=none, zone_column=none) -%}
    {#-
        A local wall-clock time as a UTC timestamp, of the zone named `zone`, or of the one that `zone_column` names row
        by row, which may be an offset (UTC+05:45). Where clocks go forward, a time that never was counts on from before
        the change (02:30 of a skipped hour is 03:30). Where they go back, an hour comes twice and the text does not say
        which: it is taken for the second, in the new offset.
    -#}
    {{ return(adapter.dispatch('to_utc', 'cem_warehouse')(local, zone_column or "'" ~ zone ~ "'")) }}
{%- endmacro %}

{% macro default__to_utc(local, zone) -%}
    {%- set of_zone = "timezone('UTC', timezone(" ~ zone ~ ", " ~ local ~ "))" -%}
    {{ by_offset(zone, local ~ ' - ', of_zone) }}
{%- endmacro %}

{% macro spark__to_utc(local, zone) -%}
    {#- Spark takes the first of the two hours. The offset of a day later gives the second, if it reads back the same. -#}
    {%- set second = 'to_utc_timestamp(' ~ local ~ ' + interval 1 day, ' ~ zone ~ ') - interval 1 day' -%}
    case
        when from_utc_timestamp({{ second }}, {{ zone }}) = {{ local }} then {{ second }}
        else to_utc_timestamp({{ local }}, {{ zone }})
    end
{%- endmacro %}
