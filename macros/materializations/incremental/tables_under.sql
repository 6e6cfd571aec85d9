{% macro tables_under(node) %}
    {#- The tables that a view reads, through whatever views; of a table itself. -#}
    {%- if node.resource_type != 'model' or node.config.materialized != 'view' -%}
        {{ return([node]) }}
    {%- endif -%}
    {%- set found = [] -%}
    {%- for unique_id in node.depends_on.nodes -%}
        {%- do found.extend(tables_under(graph.nodes.get(unique_id) or graph.sources[unique_id])) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
