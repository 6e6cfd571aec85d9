{% macro adjusted_bound(end, value_sum, square_sum, count, low, high) -%}
    {#-
        One end ('lower', 'upper') of the 95 % interval of a mean of answers between `low` and `high`: the adjusted Wald
        interval of Rocks (adjusted_standard_error has the source), which counts three answers more. Where all answered
        alike it has a width all the same. It holds the mean, and ends with the scale.
    -#}
    {%- set mean = adjusted_mean(value_sum, count, low, high) -%}
    {%- set half_width = half_width_95(adjusted_standard_error(value_sum, square_sum, count, low, high)) -%}
    {%- set score = value_sum ~ ' / ' ~ count -%}
    {%- if end == 'lower' -%}
    least(greatest({{ mean }} - {{ half_width }}, {{ low }}), {{ score }})
    {%- else -%}
    greatest(least({{ mean }} + {{ half_width }}, {{ high }}), {{ score }})
    {%- endif -%}
{%- endmacro %}
