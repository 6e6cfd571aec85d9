{% macro each_day(first_date, end_date) -%}
    {#- One row a day, from `first_date` to the day before `end_date`: for the select list. -#}
    {{ return(adapter.dispatch('each_day', 'cem_warehouse')(first_date, end_date)) }}
{%- endmacro %}

{% macro default__each_day(first_date, end_date) -%}
    cast(unnest(generate_series({{ first_date }}, {{ end_date }} - interval 1 day, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_date, end_date) -%}
    explode(sequence({{ first_date }}, date_sub({{ end_date }}, 1), interval 1 day))
{%- endmacro %}
