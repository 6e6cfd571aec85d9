{% macro taken_columns(schema) %}
    {#- Names of the columns that files of a source brought beyond the contract of their day, by raw table. -#}
    {%- set taken = {} -%}
    {%- set brought = run_query(
        'select distinct table_name, new_columns from ' ~ schema ~ '.landing_files where new_columns is not null'
    ) -%}
    {%- for row in brought.rows -%}
        {%- do taken.update({row[0]: taken.get(row[0], []) + fromjson(row[1])}) -%}
    {%- endfor -%}
    {{ return(taken) }}
{% endmacro %}
