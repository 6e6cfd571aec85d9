{% macro try_money(text) -%}
    {#-
        Text as an amount or unit price, null where it is none. Four decimals: unit prices go below a cent. The pattern
        keeps out what only one engine takes for a number, such as 1_000.
    -#}
    case
        when {{ matches(text, '^ *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *\\z') }}
            then try_cast({{ text }} as decimal(18, 4))
    end
{%- endmacro %}
