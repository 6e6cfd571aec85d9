{% macro adjusted_bound(end, value_sum, square_sum, count, low, high) -%}
    {#-
        One end ('lower', 'upper') of the 95 % interval of a mean of answers between `low` and `high`: the adjusted Wald
        interval of Rocks (2016, Interval Estimation for the Net Promoter Score, The American Statistician 70:4), which
        counts three answers more, 3/4 at each end of the scale and 3/2 in its middle. Where all answered alike it has a
        width all the same: nobody has seen that the next one will. It holds the mean, and ends with the scale.
    -#}
    {%- set middle = '(' ~ low ~ ' + ' ~ high ~ ') / 2.0' -%}
    {%- set mean = '((' ~ value_sum ~ ' + 3 * ' ~ middle ~ ') / (' ~ count ~ ' + 3))' -%}
    {%- set added = '(0.75 * ' ~ low ~ ' * ' ~ low ~ ' + 1.5 * ' ~ middle ~ ' * ' ~ middle
        ~ ' + 0.75 * ' ~ high ~ ' * ' ~ high ~ ')' -%}
    {%- set variance = 'greatest((' ~ square_sum ~ ' + ' ~ added ~ ') / (' ~ count ~ ' + 3) - ' ~ mean ~ ' * ' ~ mean
        ~ ', 0)' -%}
    {%- set half_width = half_width_95('sqrt(' ~ variance ~ ' / (' ~ count ~ ' + 3))') -%}
    {%- set score = value_sum ~ ' / ' ~ count -%}
    {%- if end == 'lower' -%}
    least(greatest({{ mean }} - {{ half_width }}, {{ low }}), {{ score }})
    {%- else -%}
    greatest(least({{ mean }} + {{ half_width }}, {{ high }}), {{ score }})
    {%- endif -%}
{%- endmacro %}
