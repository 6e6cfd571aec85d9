{% macro exchange_rate_join(relation) -%}
    {#- Joins the rate of the day of `relation`.occurred_at as exchange_rate.rate; none for the base currency. -#}
    left join {{ ref('int_money__exchange_rates') }} as exchange_rate
        on {{ relation }}.currency = exchange_rate.currency
        and cast({{ relation }}.occurred_at as date) = exchange_rate.rate_date
{%- endmacro %}
