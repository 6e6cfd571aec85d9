{% macro relation_of(node) %}
    {#- The relation of a node of the graph, as `ref` and `source` write it. -#}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.get('alias') or node.identifier
    )) }}
{% endmacro %}
