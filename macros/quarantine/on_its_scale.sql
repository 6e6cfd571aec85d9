{% macro on_its_scale(column) %}
    {{ return(row_rule(column, try_money(column) ~ ' not between scale_min and scale_max',
                       'is off the scale of its question')) }}
{% endmacro %}
