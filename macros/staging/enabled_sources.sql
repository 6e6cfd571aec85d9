{% macro enabled_sources() %}
    {#- The sources that are on: those CEM_SOURCES names, or the demo company's where it names none. -#}
    {%- set named = env_var('CEM_SOURCES', '') -%}
    {{ return(named.split(',') | map('trim') | list if named else var('demo_sources')) }}
{% endmacro %}
