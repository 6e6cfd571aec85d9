{% macro open_month_date() -%}
    {#- The first day of the month that is not over with the as-of day; the months before it are closed. -#}
    (select open_month_date from {{ ref('int_clock__as_of') }})
{%- endmacro %}
