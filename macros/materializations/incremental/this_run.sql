{% macro this_run() -%}
    {#- The number of this run of dbt, in SQL. -#}
    (select last_run from {{ builds_relation() }} where model = '')
{%- endmacro %}
