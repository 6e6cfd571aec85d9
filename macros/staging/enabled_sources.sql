{% macro enabled_sources() %}
    {#- The sources that are on: those CEM_SOURCES names, or the demo company's where it names none. -#}
    {%- set named = env_var('CEM_SOURCES', '') or 'crm,shop,survey,helpdesk,web,messaging,social,ads,finance' -%}
    {{ return(named.split(',') | map('trim') | list) }}
{% endmacro %}
