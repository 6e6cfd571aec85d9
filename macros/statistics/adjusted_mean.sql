{% macro adjusted_mean(value_sum, count, low, high) -%}
    {#- Mean of answers between `low` and `high`, with three more in its middle: the centre of the interval of Rocks. -#}
    (({{ value_sum }} + 3 * ({{ low }} + {{ high }}) / 2.0) / ({{ count }} + 3))
{%- endmacro %}
