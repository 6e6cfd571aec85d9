{% macro content_columns(profiled) %}
    {#-
        Of an entry of profiled_entities, the columns that say what happened, to whom and when: two rows that are equal
        in all of them are one thing under two keys. For use while executing.
    -#}
    {%- set node = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('name', 'equalto', profiled.entity) | first -%}
    {%- set left_out = ['source_system', 'source_record_id', 'loaded_at', 'business_date'] + profiled.get('unsettled', []) -%}
    {%- set told = ['customer_id', 'source_customer_id', 'anonymous_id', 'product_id'] -%}
    {%- set columns = [] -%}
    {%- for name in node.columns if name not in left_out and (name in told or not name.endswith('_id')) -%}
        {%- do columns.append(name) -%}
    {%- endfor -%}
    {{ return(columns) }}
{% endmacro %}
