{% macro each_month(first_date, last_date) -%}
    {#- One row a month, as its first day, from one date's month to the other's: for the select list. -#}
    {{ return(adapter.dispatch('each_month', 'cem_warehouse')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__each_month(first_date, last_date) -%}
    cast(unnest(generate_series(
        date_trunc('month', {{ first_date }}), date_trunc('month', {{ last_date }}), interval 1 month
    )) as date)
{%- endmacro %}

{% macro spark__each_month(first_date, last_date) -%}
    explode(sequence(
        cast(date_trunc('month', {{ first_date }}) as date),
        cast(date_trunc('month', {{ last_date }}) as date),
        interval 1 month
    ))
{%- endmacro %}
