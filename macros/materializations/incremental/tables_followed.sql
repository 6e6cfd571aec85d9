{% macro tables_followed() %}
    {#-
        The names of all tables whose changes some incremental model reads, itself or through views. They are looked for
        once a command, and kept with its graph: every model asks.
    -#}
    {%- if 'tables_followed' not in graph -%}
        {%- set found = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and 'incremental' in node.config.meta -%}
            {%- for read in inputs_of(node) if read['as'] in ['inputs', 'lookups'] and read.node.resource_type == 'model' -%}
                {%- do found.extend(tables_under(read.node) | map(attribute='name')) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do graph.update({'tables_followed': found | unique | list}) -%}
    {%- endif -%}
    {{ return(graph.tables_followed) }}
{% endmacro %}
