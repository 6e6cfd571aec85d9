{% macro in_base_currency(amount, currency) -%}
    {#-
        `amount` in its original `currency` times the rate of its day (`exchange_rate_join`), kept to four decimals. The
        base currency is worth 1 on every day.
    -#}
    cast(
        {{ amount }} * case
            when {{ currency }} = '{{ var("base_currency") }}' then cast(1 as decimal(18, 8)) else exchange_rate.rate
        end as decimal(18, 4)
    )
{%- endmacro %}
