{% macro register_raw_table(table, paths) %}
    {#-
        A raw table as a view on `paths`, the Parquet files of its completed loads, or on nothing where it has none.
        Rows of files that do not count, and former states of a record, stay in the lake, replayable.
    -#}
    {%- set is_manifest = table.name == 'landing_files' -%}
    {%- set stored = table.columns.values() | rejectattr('name', 'in', ['is_newest', 'is_counted']) | list -%}
    {%- set rows_of_files -%}
        select
        {%- for column in stored %}
        cast({{ column.name if paths else 'null' }} as {{ column.data_type }}) as {{ column.name }}
        {{- ',' if not loop.last }}{% endfor %}
        {{ 'from ' ~ parquet_relation(paths) if paths else 'where false' }}
    {%- endset -%}
    {%- set rows_that_count -%}
        select raw_row.* from ({{ rows_of_files }}) as raw_row
        inner join {{ table.schema }}.landing_files as file
            on raw_row._file_name = file.file_name and raw_row._file_version = file.file_version
        where file.table_name = '{{ table.name }}' and file.is_counted
    {%- endset -%}
    {%- set statement -%}
        {%- if is_manifest -%}
            {{ counted_files(rows_of_files) }}
        {%- elif '_record_key' in table.columns -%}
            {{ current_records(rows_that_count, stored | map(attribute='name') | list) }}
        {%- else -%}
            {{ rows_that_count }}
        {%- endif -%}
    {%- endset -%}
    {%- do run_query('create or replace view ' ~ table.schema ~ '.' ~ table.name ~ ' as ' ~ statement) -%}
{% endmacro %}
