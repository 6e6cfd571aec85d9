{% macro is_permitted(value, permitted) %}
    {#- Whether `value` is what `permitted` says, in the words of `permitted_values` of dbt_project.yml. -#}
    {%- if 'one_of' in permitted -%}
        {{ return(value in permitted['one_of']) }}
    {%- elif permitted.get('a') == 'time zone' -%}
        {{ return(value in modules.pytz.all_timezones_set) }}
    {%- elif permitted.get('a') == 'date' -%}
        {{ return(is_date(value | string)) }}
    {%- elif 'like' in permitted -%}
        {{ return(modules.re.fullmatch(permitted['like'], value | string) is not none) }}
    {%- endif -%}
    {%- set is_number = value is integer or (value is float and not permitted.get('whole', false)) -%}
    {{ return(is_number and permitted['from'] <= value <= permitted['to']) }}
{% endmacro %}
