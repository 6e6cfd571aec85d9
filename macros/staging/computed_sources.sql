{% macro computed_sources() %}
    {#- What Python computes between the two halves of a run: sources with the tag `computed`. For use while executing. -#}
    {%- set computed = [] -%}
    {%- for table in graph.sources.values() if 'computed' in table.tags -%}
        {%- do computed.append(table.source_name) -%}
    {%- endfor -%}
    {{ return(computed | unique | sort) }}
{% endmacro %}
