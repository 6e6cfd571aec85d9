{% macro are_newest_flows(flows, valuations) -%}
    {#- Whether flows, rows of int_value__month_flows, are their customer's newest until the month of a valuation. -#}
    {{ flows }}.month_date <= {{ valuations }}.month_date
        and ({{ flows }}.next_month_date is null or {{ valuations }}.month_date < {{ flows }}.next_month_date)
{%- endmacro %}
