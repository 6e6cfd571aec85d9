{% macro columns_there(relation) %}
    {#- The columns of a relation; none where it is not there, for which dbt's own question would end the transaction. -#}
    {%- set found = run_query("select column_name from duckdb_columns() where database_name = '" ~ relation.database
        ~ "' and schema_name = '" ~ relation.schema ~ "' and table_name = '" ~ relation.identifier
        ~ "' order by column_index") -%}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}
