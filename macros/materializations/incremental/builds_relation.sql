{% macro builds_relation() %}
    {#- Where the builds of incremental tables are noted (begin_builds). -#}
    {{ return(api.Relation.create(database=target.database, schema=target.schema, identifier='incremental_builds')) }}
{% endmacro %}
