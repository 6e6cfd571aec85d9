{% macro views_under(node) %}
    {#- A view and the views that it reads, as SQL literals `schema.name`; none of a table. -#}
    {%- if node.resource_type != 'model' or node.config.materialized != 'view' -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set found = ["'" ~ node.schema ~ '.' ~ node.alias ~ "'"] -%}
    {%- for unique_id in node.depends_on.nodes if unique_id in graph.nodes -%}
        {%- do found.extend(views_under(graph.nodes[unique_id])) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
