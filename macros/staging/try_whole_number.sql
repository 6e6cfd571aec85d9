{% macro try_whole_number(text) -%}
    {#- Text as a whole number that may be written with a point, as typed tools export one (4.0); null where it is none. -#}
    case
        when {{ matches(text, '^[+-]?[0-9]{1,14}([.]0*)?\\z') }}
            then cast(regexp_extract({{ text }}, '^[+-]?[0-9]+', 0) as bigint)
    end
{%- endmacro %}
