{% macro try_timestamp(text) -%}
    {#-
        Text as a timestamp, null where it is none: `2018-10-31`, with or without `T09:30`, seconds, a fraction and Z for
        UTC. A cast alone reads 10:30 as half past ten of today on one engine, and drops +02:00 on the other.
    -#}
    case
        when {{ matches(text, '^[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}'
            ~ '([ T]([01]?[0-9]|2[0-3]):[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{1,9})?)?Z?)?\\z') }}
            then try_cast({{ text }} as timestamp)
    end
{%- endmacro %}
