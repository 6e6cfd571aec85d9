{% macro half_width_95(standard_error) -%}
    {#- Half of a 95 % interval of a figure that is normal: 1.959964 is the 0.975 quantile of the standard normal. -#}
    (1.959964 * ({{ standard_error }}))
{%- endmacro %}
