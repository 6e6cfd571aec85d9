{% macro lake_files(source) %}
    {#-
        What the completed loads of `source` left in the lake, as paths `…/<table>/load_id=<load>/…` that
        `parquet_relation` can read; none where nothing was ever loaded. One question a source, because listing is what
        costs.
    -#}
    {{ return(adapter.dispatch('lake_files', 'cem_warehouse')(env_var('CEM_HOME', '.cem') ~ '/lake/raw/' ~ source)) }}
{% endmacro %}

{% macro default__lake_files(folder) %}
    {%- set records = folder ~ '/_dlt_loads/*.jsonl' -%}
    {%- if not run_query("select file from glob('" ~ records ~ "')").rows -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set completed = "select load_id from read_json('" ~ records ~ "',
        columns = {load_id: 'varchar', status: 'integer'}) where status = 0" -%}
    {%- set found = run_query(
        "select file from glob('" ~ folder ~ "/*/*/*.parquet') "
        ~ "where regexp_extract(file, 'load_id=([^/]+)', 1) in (" ~ completed ~ ") order by file"
    ) -%}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}

{% macro spark__lake_files(folder) %}
    {#- Folders, not files: fewer to name. The binaryFile reader opens no file as long as only its path is asked for. -#}
    {%- if not folder.startswith('/') and '://' not in folder -%}
        {{ exceptions.raise_compiler_error("CEM_HOME is '" ~ env_var('CEM_HOME', '.cem') ~ "'. On Spark it must be an "
            ~ "absolute path or URL: the server and its workers read the lake, and do not share dbt's working folder.") }}
    {%- endif -%}
    {%- set loads = run_query("select load_id from json.`" ~ folder ~ "/_dlt_loads` where status = 0") -%}
    {%- set completed = loads.columns[0].values() | list -%}
    {%- set listed = run_query("select path from binaryFile.`" ~ folder ~ "/*/*/*.parquet`") -%}
    {%- set folders = [] -%}
    {%- for path in listed.columns[0].values() -%}
        {%- set table, load = path.split('/')[-3:-1] -%}
        {%- if load.removeprefix('load_id=') in completed -%}
            {%- do folders.append(folder ~ '/' ~ table ~ '/' ~ load) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(folders | unique | sort) }}
{% endmacro %}
