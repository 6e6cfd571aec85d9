{% macro business_zone(source) %}
    {#- The zone in which days of `source` are days, where a row names none: its own, else the company's. -#}
    {{ return(var('source_time_zones').get(source, var('company_time_zone'))) }}
{% endmacro %}
