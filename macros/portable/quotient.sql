{% macro quotient(dividend, divisor) -%}
    {#-
        One amount by another as decimal(18, 4), halves away from zero. Of a double that stands for a half, such as
        5.62485, each engine makes another four places: the eight in between say what it stands for.
    -#}
    cast(cast(cast({{ dividend }} as double) / {{ divisor }} as decimal(28, 8)) as decimal(18, 4))
{%- endmacro %}
