{% macro tenure_months(first_purchase_date, next_day) -%}
    {#-
        Months, of 30.4375 days each (a year of 365.25), from the first purchase to the end of a day, at least the var
        `minimum_tenure_months`; that minimum where there was no purchase. As a double: of a quotient of decimals an
        engine may keep few places.
    -#}
    greatest(
        cast({{ days_between('coalesce(' ~ first_purchase_date ~ ', ' ~ next_day ~ ')', next_day) }} as double) / 30.4375,
        {{ var('minimum_tenure_months') }}
    )
{%- endmacro %}
