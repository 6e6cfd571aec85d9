{% macro adjusted_standard_error(value_sum, square_sum, count, low, high) -%}
    {#-
        Standard error of a mean of answers between `low` and `high` with three answers more, 3/4 at each end of the scale
        and 3/2 in its middle (Rocks 2016, Interval Estimation for the Net Promoter Score, The American Statistician
        70:4). It is not 0 where all answered alike: nobody has seen that the next one will.
    -#}
    {%- set middle = '(' ~ low ~ ' + ' ~ high ~ ') / 2.0' -%}
    {%- set mean = adjusted_mean(value_sum, count, low, high) -%}
    {%- set added = '(0.75 * ' ~ low ~ ' * ' ~ low ~ ' + 1.5 * ' ~ middle ~ ' * ' ~ middle
        ~ ' + 0.75 * ' ~ high ~ ' * ' ~ high ~ ')' -%}
    {%- set variance = 'greatest((' ~ square_sum ~ ' + ' ~ added ~ ') / (' ~ count ~ ' + 3) - ' ~ mean ~ ' * ' ~ mean
        ~ ', 0)' -%}
    sqrt({{ variance }} / ({{ count }} + 3))
{%- endmacro %}
