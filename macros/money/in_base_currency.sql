{% macro in_base_currency(amount, currency) -%}
    {#-
        `amount` in its original `currency` times the rate of its day (`exchange_rate_join`), kept to four decimals. The
        base currency is worth 1 on every day. With 19 digits: an engine that multiplies two decimals of 18 in 64 bits
        overflows at a million, and beyond 19 the product has more than the 38 digits there are.
    -#}
    cast(
        cast({{ amount }} as decimal(19, 4)) * case
            when {{ currency }} = '{{ var("base_currency") }}' then cast(1 as decimal(18, 8)) else exchange_rate.rate
        end as decimal(18, 4)
    )
{%- endmacro %}
