{% macro try_decimal(value, scale) -%}
    {#-
        Text, or a number of a typed file, as a decimal of 18 digits with `scale` of them behind the point; null where it
        is none. The pattern keeps out what only one engine takes for a number, such as 1_000, and a double's NaN.
    -#}
    {%- set text = 'cast(' ~ value ~ ' as string)' -%}
    case
        when {{ matches(text, '^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *\\z') }}
            then try_cast({{ text }} as decimal(18, {{ scale }}))
    end
{%- endmacro %}
