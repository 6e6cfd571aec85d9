{% macro register_raw_table(table, paths) %}
    {#-
        A raw table as a view on `paths`, the Parquet files of its completed loads. Only the newest version of each
        landing file counts; an older one stays in the lake, replayable. A table without any file is there, and empty.
    -#}
    {%- set columns = table.columns.values() | list -%}
    {%- set rows_of_files -%}
        {%- if paths -%}
            select
            {%- for column in columns %} cast({{ column.name }} as {{ column.data_type }}) as {{ column.name }}
            {{- ',' if not loop.last }}{% endfor %}
            from {{ parquet_relation(paths) }}
        {%- else -%}
            select
            {%- for column in columns %} cast(null as {{ column.data_type }}) as {{ column.name }}{{ ',' if not loop.last }}
            {%- endfor %} where false
        {%- endif -%}
    {%- endset -%}
    {%- if table.name == 'landing_files' -%}
        {%- set statement = rows_of_files -%}
    {%- else -%}
        {%- set statement -%}
            select raw_row.* from ({{ rows_of_files }}) as raw_row
            inner join (
                select file_name, max(file_version) as file_version from {{ table.schema }}.landing_files
                where table_name = '{{ table.name }}' group by file_name
            ) as newest
                on raw_row._file_name = newest.file_name and raw_row._file_version = newest.file_version
        {%- endset -%}
    {%- endif -%}
    {%- do run_query('create or replace view ' ~ table.schema ~ '.' ~ table.name ~ ' as ' ~ statement) -%}
{% endmacro %}
