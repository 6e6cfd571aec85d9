{% macro tables_followed() %}
    {#- The names of all tables whose changes some incremental model reads, itself or through views. -#}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and 'incremental' in node.config.meta -%}
        {%- for read in inputs_of(node) if read['as'] in ['inputs', 'lookups'] and read.node.resource_type == 'model' -%}
            {%- do found.extend(tables_under(read.node) | map(attribute='name')) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | unique | list) }}
{% endmacro %}
