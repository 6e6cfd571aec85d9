{% macro register_pseudonym_key() %}
    {#- The key with which pseudonyms are made, as a view on its file, which no lake holds (orchestration/pseudonyms.py). -#}
    {%- set key = source('pseudonyms', 'pseudonym_keys') -%}
    {%- set file = env_var('CEM_HOME', '.cem') ~ '/secrets/pseudonym_key.parquet' -%}
    {%- do run_query('create schema if not exists ' ~ key.schema) -%}
    {%- do run_query('create or replace view ' ~ key.schema ~ '.' ~ key.identifier
        ~ ' as select inner_pad, outer_pad from ' ~ parquet_relation([file])) -%}
{% endmacro %}
