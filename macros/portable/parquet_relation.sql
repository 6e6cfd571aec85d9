{% macro parquet_relation(files) -%}
    {#- A relation that reads Parquet files whose columns may have grown over time. -#}
    {{ return(adapter.dispatch('parquet_relation', 'cem_warehouse')(files)) }}
{%- endmacro %}

{% macro default__parquet_relation(files) -%}
    read_parquet(['{{ files | join("', '") }}'], union_by_name = true, hive_partitioning = false)
{%- endmacro %}

{% macro spark__parquet_relation(files) -%}
    parquet.`{{ files[0] }}`
{%- endmacro %}
