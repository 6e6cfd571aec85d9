{% macro parquet_relation(paths) -%}
    {#- A relation that reads what `lake_files` found of one table: Parquet files whose columns may have grown. -#}
    {{ return(adapter.dispatch('parquet_relation', 'cem_warehouse')(paths)) }}
{%- endmacro %}

{% macro default__parquet_relation(paths) -%}
    read_parquet(['{{ paths | join("', '") }}'], union_by_name = true, hive_partitioning = false)
{%- endmacro %}

{% macro spark__parquet_relation(paths) -%}
    {#- Spark takes one path, in which braces list alternatives. The files of one load have the same columns. -#}
    {%- set parent = paths[0].rsplit('/', 1)[0] -%}
    parquet.`{{ parent }}/{{ '{' ~ paths | map('replace', parent ~ '/', '') | join(',') ~ '}' }}`
    {{- " with ('mergeSchema' = 'true')" if paths | length > 1 }}
{%- endmacro %}
