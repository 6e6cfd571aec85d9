{% macro exchange_rate_join(relation, date_column='business_date') -%}
    {#- Joins the rate of `relation`'s day as exchange_rate.rate; none for the base currency. -#}
    left join {{ ref('int_money__exchange_rates') }} as exchange_rate
        on {{ relation }}.currency = exchange_rate.currency
        and {{ relation }}.{{ date_column }} = exchange_rate.rate_date
{%- endmacro %}
