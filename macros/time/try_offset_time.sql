{% macro try_offset_time(text) -%}
    {#-
        Text in ISO 8601 with its offset, such as 2024-03-31T03:00:00+02:00 or …Z, as a UTC timestamp; null where it is
        none. A time without offset is none: nobody could say which moment it is.
    -#}
    case when {{ has_offset(text) }} then {{ try_timestamp(text) }} end
{%- endmacro %}
