{% macro register_raw_tables() %}
    {#- Registers the raw tables of every enabled source, each source's manifest of files before the tables it governs. -#}
    {%- if execute and flags.WHICH in ['build', 'run', 'test', 'seed', 'compile', 'show'] -%}
        {%- set tables = graph.sources.values() | selectattr('source_name', 'in', enabled_sources()) | list -%}
        {%- for schema in tables | map(attribute='schema') | unique -%}
            {%- do run_query('create schema if not exists ' ~ schema) -%}
        {%- endfor -%}
        {%- for table in tables | selectattr('name', 'equalto', 'landing_files') -%}
            {%- do register_raw_table(table) -%}
        {%- endfor -%}
        {%- for table in tables | rejectattr('name', 'equalto', 'landing_files') -%}
            {%- do register_raw_table(table) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
