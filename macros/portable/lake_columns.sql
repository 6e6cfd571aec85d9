{% macro lake_columns(paths) %}
    {#- Names of the columns that any of the Parquet files `paths` has. -#}
    {{ return(run_query('describe select * from ' ~ parquet_relation(paths)).columns[0].values() | list) }}
{% endmacro %}
