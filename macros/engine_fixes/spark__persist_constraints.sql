{#-
    Constraints of a contract. dbt-spark takes a model without a `file_format` for a Delta table and adds them; Spark's
    own default format is Parquet, which refuses. Only formats that know constraints get them; elsewhere the dbt tests
    on the same columns hold. Seen with dbt-spark 1.11.0; unnecessary from the version that asks the table's real format.
-#}
{% macro spark__persist_constraints(relation, model) %}
    {%- if model.config.contract.enforced and config.get('file_format') == 'delta' -%}
        {%- do alter_table_add_constraints(relation, model.constraints) -%}
        {%- do alter_column_set_constraints(relation, model.columns) -%}
    {%- endif -%}
{% endmacro %}
