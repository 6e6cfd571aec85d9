{% macro by_offset(zone, moved, of_zone) -%}
    {#-
        DuckDB takes UTC+05:45 for a time zone, and reads five hours from it. Where a row's zone is an offset, the time
        is `moved` (a time and a sign) by it; elsewhere it is `of_zone`.
    -#}
    {%- if zone.startswith("'") -%}
    {{ return(of_zone) }}
    {%- endif -%}
    {%- set minutes -%}
    60 * try_cast(substr({{ zone }}, 4, 3) as integer)
    + try_cast(substr({{ zone }}, 4, 1) || substr({{ zone }}, 8, 2) as integer)
    {%- endset -%}
    case when ({{ zone }}) like 'UTC_%' then {{ moved }} to_minutes({{ minutes }}) else {{ of_zone }} end
{%- endmacro %}
