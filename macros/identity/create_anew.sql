{% macro create_anew(relation, query) %}
    {#- A working table of a materialization; the query may read the one that it takes the place of. -#}
    {%- set next = relation.incorporate(path={'identifier': relation.identifier ~ '__next'}) -%}
    {%- do adapter.drop_relation(next) -%}
    {%- do run_query(create_table_as(False, next, query)) -%}
    {%- do adapter.drop_relation(relation) -%}
    {%- do adapter.rename_relation(next, relation) -%}
{% endmacro %}
