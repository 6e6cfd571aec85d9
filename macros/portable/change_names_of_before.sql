{% macro change_names_of_before(history) %}
    {#-
        Keys the names of before in `history`, and in what remembers customers by them. Each statement is committed by
        itself: dbt takes back what a hook left open, so nothing here may open a transaction.
    -#}
    {{ return(adapter.dispatch('change_names_of_before', 'cem_warehouse')(history)) }}
{% endmacro %}

{% macro default__change_names_of_before(history) %}
    {%- set names = names_of_before(history) -%}
    {#- Incremental models learn of no such change: without what was noted of them they are made anew. -#}
    {%- do run_query('drop table if exists ' ~ builds_relation()) -%}
    {%- do key_names_of_versions(names) -%}
    {%- do key_names_of_snapshots(names) -%}
    {%- do run_query(
        'update ' ~ history ~ ' as history set customer_id = names.name from (' ~ names ~ ') as names'
        ~ ' where history.customer_id = names.name_before'
    ) -%}
    {%- do run_query(
        'update ' ~ history ~ ' as history set key = keys.keyed from (' ~ keys_of_before(history) ~ ') as keys'
        ~ ' where history.key = keys.key and history.generation = keys.generation'
    ) -%}
{% endmacro %}

{% macro spark__change_names_of_before(history) %}
    {%- do exceptions.raise_compiler_error(history ~ " holds names of customers that were made without a key, and a "
        ~ "Parquet table on Spark cannot be changed where it stands. Drop it, int_timeline__versions and "
        ~ "customer_value_monthly: the next build makes them anew, and who is known by an address alone is named anew.") -%}
{% endmacro %}
