{% macro held_at(intervals, moment) -%}
    {#-
        Whether what a row of `customer_attributes` says was so at a moment. One that says not since when, and so is known
        since it was loaded, is taken to have been so before. For a join.
    -#}
    ({{ moment }} >= {{ intervals }}.valid_from or {{ intervals }}.valid_from = {{ intervals }}.loaded_at)
    and ({{ moment }} < {{ intervals }}.valid_to or {{ intervals }}.valid_to is null)
{%- endmacro %}
