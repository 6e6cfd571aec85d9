{% macro is_date(text) %}
    {#- Whether `text` is a day of the calendar from 1000 on, written like 1990-01-31. -#}
    {%- if not modules.re.fullmatch('[12][0-9]{3}-(0[1-9]|1[0-2])-[0-9]{2}', text) -%}
        {{ return(false) }}
    {%- endif -%}
    {#- A date that is none raises, and Jinja cannot catch it: the day is counted from the first of its month. -#}
    {%- set first_of_month = modules.datetime.date.fromisoformat(text[:8] ~ '01') -%}
    {{ return((first_of_month + modules.datetime.timedelta(days=text[8:] | int - 1)).isoformat() == text) }}
{% endmacro %}
