{% macro register_raw_table(table, paths, taken) %}
    {#-
        A raw table as a view on `paths`, the Parquet files of its completed loads, or on nothing where it has none;
        `taken` are the columns that they brought beyond the contract.
        Rows of files that do not count, and former states of a record, stay in the lake, replayable.
    -#}
    {%- set is_manifest = table.name == 'landing_files' -%}
    {%- set declared = table.columns.values() | rejectattr('name', 'in', ['is_newest', 'is_counted']) | list -%}
    {#-
        Which columns are there is asked only where some may not be: that opens every file. Of what the orchestration
        computes, files of before an upgrade lack the columns it brought, until it is computed anew in the same run.
    -#}
    {%- set stored = [] -%}
    {%- if paths and (is_manifest or taken or 'computed_from' in table.config.meta) -%}
        {%- set stored = lake_columns(paths) -%}
    {%- elif paths -%}
        {%- set stored = declared | map(attribute='name') | reject('equalto', '_new_columns') | list -%}
    {%- endif -%}
    {%- for column in declared if column.name in taken and column.data_type != 'string' -%}
        {%- do refuse_other_type(table, column, parquet_relation(paths)) -%}
    {%- endfor -%}
    {%- set rows_of_files -%}
        select
        {%- for column in declared %}
        {{ raw_column(column, stored, taken) }}
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
            {{ current_records(rows_that_count, declared | map(attribute='name') | list) }}
        {%- else -%}
            {{ rows_that_count }}
        {%- endif -%}
    {%- endset -%}
    {%- do run_query('create or replace view ' ~ table.schema ~ '.' ~ table.name ~ ' as ' ~ statement) -%}
{% endmacro %}
