{% macro register_raw_tables() %}
    {#- Registers the raw tables of every enabled source, each source's manifest of files before the tables it governs. -#}
    {%- if execute and flags.WHICH in ['build', 'run', 'test', 'seed', 'compile', 'show'] -%}
        {%- for source in enabled_sources() -%}
            {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', source) | list -%}
            {%- set paths = lake_files(source) -%}
            {%- do run_query('create schema if not exists ' ~ tables[0].schema) -%}
            {%- set manifest = tables | selectattr('name', 'equalto', 'landing_files') | list -%}
            {%- for table in manifest + tables | rejectattr('name', 'equalto', 'landing_files') | list -%}
                {%- set folder = '/' ~ table.name ~ '/load_id=' -%}
                {%- set paths_of_table = [] -%}
                {%- for path in paths if folder in path -%}{%- do paths_of_table.append(path) -%}{%- endfor -%}
                {%- do register_raw_table(table, paths_of_table) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
