{% macro last_closed_month_date() -%}
    {#- The first day of the newest month that is over with the as-of day. -#}
    cast(cast({{ open_month_date() }} as timestamp) - interval 1 month as date)
{%- endmacro %}
