{% macro try_timestamp(text) -%}
    {#-
        Text as a timestamp, null where it is none: `2018-10-31`, with or without `T09:30`, seconds and a fraction. A time
        of day may end in its offset, as Z, UTC, +02, +0200 or +02:00; it is then the UTC time. A cast alone reads 10:30
        as half past ten of today on one engine, and drops +02:00 on the other.
    -#}
    {%- set day = '^[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}' -%}
    {%- set time = '[ T]([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,9})?)?' -%}
    {%- set wall = "regexp_extract(" ~ text ~ ", '^[0-9-]+[ T][0-9:.]+', 0)" -%}
    {%- set offset = "replace(regexp_extract(" ~ text ~ ", '[+-][0-9:]{2,5}$', 0), ':', '')" -%}
    case
        when {{ matches(text, day ~ '(' ~ time ~ ')?\\z') }} then try_cast({{ text }} as timestamp)
        when {{ matches(text, day ~ time ~ '(Z| ?UTC|[+-]00(:?00)?)\\z') }} then try_cast({{ wall }} as timestamp)
        when {{ matches(text, day ~ time ~ '[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?\\z') }}
            then {{ add_minutes(
                'try_cast(' ~ wall ~ ' as timestamp)',
                "case when " ~ offset ~ " like '-%' then 1 else -1 end * (cast(substr(" ~ offset ~ ", 2, 2) as integer)"
                ~ " * 60 + cast(coalesce(nullif(substr(" ~ offset ~ ", 4, 2), ''), '0') as integer))"
            ) }}
    end
{%- endmacro %}
