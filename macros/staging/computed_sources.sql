{% macro computed_sources() %}
    {#- What Python computes: the sources that say what they are computed from. For use while executing. -#}
    {%- set computed = [] -%}
    {%- for table in graph.sources.values() if 'computed_from' in table.config.meta -%}
        {%- do computed.append(table.source_name) -%}
    {%- endfor -%}
    {{ return(computed | unique | sort) }}
{% endmacro %}
