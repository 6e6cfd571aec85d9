{% macro quotient(dividend, divisor) -%}
    {#-
        One amount by another as decimal(28, 4), halves away from zero. Of a double that stands for a half, such as
        5.62485, each engine makes another four places: a billionth tips it to the same side.
    -#}
    cast(
        cast({{ dividend }} as double) / {{ divisor }} + case when {{ dividend }} < 0 then -1e-9 else 1e-9 end
        as decimal(28, 4)
    )
{%- endmacro %}
