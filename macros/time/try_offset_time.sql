{% macro try_offset_time(text) -%}
    {#-
        Text in ISO 8601 with its offset, such as 2024-03-31T03:00:00+02:00 or …Z, as a UTC timestamp; null where it is
        none. A time without offset is none: nobody could say which moment it is.
    -#}
    {%- set offset = utc_offset(text) -%}
    {%- set local = 'substr(' ~ text ~ ', 1, length(' ~ text ~ ') - case when ' ~ matches(text, 'Z\\z')
        ~ ' then 1 else 6 end)' -%}
    {%- set minutes = 'cast(substr(' ~ offset ~ ', 2, 2) as integer) * 60 + cast(substr(' ~ offset
        ~ ', 5, 2) as integer)' -%}
    case
        when {{ matches(text, '[T ][0-9:.]+(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])\\z') }}
            then {{ add_minutes(
                try_timestamp(local),
                'case when substr(' ~ offset ~ ", 1, 1) = '-' then 1 else -1 end * (" ~ minutes ~ ')'
            ) }}
    end
{%- endmacro %}
