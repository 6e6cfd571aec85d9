{% macro lake_files(source, table) %}
    {#- What holds the rows of a raw table in the lake, from completed loads only: paths the engine can read. -#}
    {{ return(adapter.dispatch('lake_files', 'cem_warehouse')(env_var('CEM_HOME', '.cem') ~ '/lake/raw/' ~ source, table)) }}
{% endmacro %}

{% macro default__lake_files(folder, table) %}
    {%- set completed = "select load_id from read_json('" ~ folder ~ "/_dlt_loads/*.jsonl',
        columns = {load_id: 'varchar', status: 'integer'}) where status = 0" -%}
    {%- set found = run_query(
        "select file from glob('" ~ folder ~ "/" ~ table ~ "/*/*.parquet') "
        ~ "where regexp_extract(file, 'load_id=([^/]+)', 1) in (" ~ completed ~ ") order by file"
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}

{% macro spark__lake_files(folder, table) %}
    {%- set loads = run_query("select load_id from json.`" ~ folder ~ "/_dlt_loads` where status = 0") -%}
    {%- set holds_rows = table == 'landing_files' or run_query(
        "select count(*) from raw_" ~ folder.split('/')[-1] ~ ".landing_files where row_count > 0 and table_name = '"
        ~ table ~ "'"
    ).columns[0].values()[0] > 0 -%}
    {%- set paths = loads.columns[0].values() | sort -%}
    {{ return([folder ~ '/' ~ table ~ '/load_id={' ~ paths | join(',') ~ '}'] if holds_rows else []) }}
{% endmacro %}
