{% macro tenure_months(first_purchase_at, until_at) -%}
    {#-
        Months, of 30.4375 days each (a year of 365.25), from the first purchase to a moment, at least the var
        `minimum_tenure_months`; that minimum where there was no purchase. As a double: of a quotient of decimals an engine
        may keep few places.
    -#}
    greatest(
        cast({{ days_between('coalesce(' ~ first_purchase_at ~ ', ' ~ until_at ~ ')', until_at) }} as double) / 30.4375,
        {{ var('minimum_tenure_months') }}
    )
{%- endmacro %}
