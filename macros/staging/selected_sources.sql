{% macro selected_sources() %}
    {#-
        The sources whose raw tables this command reads: those of the nodes that it selects, or all where it selects what
        the graph does not know (SQL that was typed, an operation). Unit tests read what they are given.
    -#}
    {%- set found = [] -%}
    {%- set unknown = [] if selected_resources else ['an operation'] -%}
    {%- for unique_id in selected_resources if not unique_id.startswith('unit_test.') -%}
        {%- if unique_id not in graph.nodes -%}{%- do unknown.append(unique_id) -%}{%- endif -%}
        {%- for parent in graph.nodes.get(unique_id, {}).get('depends_on', {}).get('nodes', []) -%}
            {%- if parent in graph.sources and graph.sources[parent].source_name not in found -%}
                {%- do found.append(graph.sources[parent].source_name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(enabled_sources() + computed_sources() if unknown else found) }}
{% endmacro %}
