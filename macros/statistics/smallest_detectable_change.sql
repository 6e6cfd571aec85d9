{% macro smallest_detectable_change(standard_error) -%}
    {#-
        The least by which the truth must have changed between two periods, whose figures both have this standard error and
        share nobody, for a two-sided test at .05 to find it four times of five: (z(.975) + z(.8)) * sqrt(2) * standard
        error, with 1.959964 and 0.841621 (Cohen 1988, Statistical Power Analysis, 2.4). Where the same people answered
        in both, smaller changes are found.
    -#}
    ((1.959964 + 0.841621) * sqrt(2.0) * ({{ standard_error }}))
{%- endmacro %}
