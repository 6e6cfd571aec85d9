{% macro utc_offset(text) -%}
    {#- The offset that a time in ISO 8601 ends with, such as +02:00 (+00:00 for Z); null where it has none. -#}
    case
        when {{ matches(text, '(Z|UTC)\\z') }} then '+00:00'
        when {{ matches(text, '[+-](0[0-9]|1[0-4]):[0-5][0-9]\\z') }} then substr({{ text }}, length({{ text }}) - 5)
        when {{ matches(text, '[ T][0-9:.]+[+-](0[0-9]|1[0-4])[0-5][0-9]\\z') }}
            then substr({{ text }}, length({{ text }}) - 4, 3) || ':' || substr({{ text }}, length({{ text }}) - 1)
        when {{ matches(text, '[ T][0-9:.]+[+-](0[0-9]|1[0-4])\\z') }} then substr({{ text }}, length({{ text }}) - 2) || ':00'
    end
{%- endmacro %}
