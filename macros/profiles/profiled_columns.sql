{% macro profiled_columns(profiled) %}
    {#-
        Of an entry of profiled_entities, each column whose values are told apart, with its class as SQL, by what the
        contract of the entity says of it: codes, channels, countries, currencies and yes or no by value; figures by size;
        a time by whether it has a time of day; anything else by whether it is there. For use while executing.
    -#}
    {%- set node = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('name', 'equalto', profiled.entity) | first -%}
    {%- set by_value = ['channel', 'country', 'currency', 'cost_currency'] -%}
    {%- for test in graph.nodes.values() if test.resource_type == 'test' and test.attached_node == node.unique_id
        and test.test_metadata.name == 'known_code' -%}
        {%- do by_value.append(test.column_name) -%}
    {%- endfor -%}
    {%- set left_out = ['loaded_at', 'line_number', 'scale_min', 'scale_max', 'scale_direction', 'customer_namespace',
                        'time_zone', 'utc_offset'] + profiled.get('unsettled', []) -%}
    {%- set classes = {} -%}
    {%- for name, column in node.columns.items() if name not in left_out and not name.startswith('original_') -%}
        {%- set type = column.data_type -%}
        {%- set is_required = column.constraints | selectattr('type', 'equalto', 'not_null') | list | length > 0 -%}
        {%- if name in by_value or type == 'boolean' -%}
            {%- do classes.update({name: "coalesce(cast(" ~ name ~ " as string), 'missing')"}) -%}
        {%- elif type in ('bigint', 'double') or type.startswith('decimal') -%}
            {%- do classes.update({name: size_class(name)}) -%}
        {%- elif name == 'occurred_at' -%}
            {%- set time_of_day = "case when occurred_at = date_trunc('day', occurred_at) then 'midnight' else 'timed' end" -%}
            {%- do classes.update({name: time_of_day}) -%}
        {%- elif type == 'string' and not is_required -%}
            {%- do classes.update({name: "case when " ~ name ~ " is null then 'missing' else 'there' end"}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(classes) }}
{% endmacro %}
