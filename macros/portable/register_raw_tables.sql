{% macro register_raw_tables() %}
    {#-
        Registers the raw tables that this command reads, of enabled sources and of those that the orchestration
        computes; each one's manifest of files before the tables it governs. And the key with which pseudonyms are made.
    -#}
    {%- if execute and flags.WHICH in ['build', 'run', 'test', 'seed', 'compile', 'show', 'run-operation'] -%}
        {%- set computed = computed_sources() -%}
        {%- set selected = selected_sources() -%}
        {%- for source in enabled_sources() + computed if source in selected -%}
            {%- set tables = graph.sources.values() | selectattr('source_name', 'equalto', source) | list -%}
            {%- set paths = lake_files(source) -%}
            {#- Before the first run nothing is computed; without sources there is nothing to build. -#}
            {%- if paths is none and source not in computed -%}
                {{ exceptions.raise_compiler_error("The lake in " ~ env_var('CEM_HOME', '.cem') ~ " holds no completed "
                    ~ "load of " ~ source ~ ". Load first (`make run` does), or take it out of CEM_SOURCES.") }}
            {%- endif -%}
            {%- do run_query('create schema if not exists ' ~ tables[0].schema) -%}
            {%- set manifest = tables | selectattr('name', 'equalto', 'landing_files') | list -%}
            {%- set taken = {} -%}
            {%- for table in manifest + tables | rejectattr('name', 'equalto', 'landing_files') | list -%}
                {%- set folder = '/' ~ table.name ~ '/load_id=' -%}
                {%- set paths_of_table = [] -%}
                {%- for path in paths or [] if folder in path -%}{%- do paths_of_table.append(path) -%}{%- endfor -%}
                {%- do register_raw_table(table, paths_of_table, taken.get(table.name, [])) -%}
                {%- if table.name == 'landing_files' -%}
                    {%- do taken.update(taken_columns(table.schema)) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do register_pseudonym_key() -%}
    {%- endif -%}
{% endmacro %}
