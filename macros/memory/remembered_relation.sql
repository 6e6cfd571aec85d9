{% macro remembered_relation(model) %}
    {#- The table of a model that is never made anew, as it stands; none before the first run. For use while executing. -#}
    {%- set node = graph.nodes['model.cem_warehouse.' ~ model] -%}
    {{ return(adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias)) }}
{% endmacro %}
