{% macro two_sided_p_value(score) -%}
    {#-
        How likely chance alone takes a standard normal variable as far from 0 as `score`, a double, on either side:
        twice the tail of Abramowitz, Stegun (1964), Handbook of Mathematical Functions, 26.2.17, |error| < 1.5e-7.
    -#}
    {%- set distance = 'abs(' ~ score ~ ')' -%}
    {%- set t = '(1 / (1 + 0.2316419 * ' ~ distance ~ '))' -%}
    0.7978845608 * exp(-{{ distance }} * {{ distance }} / 2) * {{ t }} * (0.319381530 + {{ t }} * (-0.356563782
        + {{ t }} * (1.781477937 + {{ t }} * (-1.821255978 + {{ t }} * 1.330274429))))
{%- endmacro %}
