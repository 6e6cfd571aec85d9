{% macro selected_sources() %}
    {#-
        The sources whose raw tables this command reads: those of the nodes that it selects, or all where it selects what
        the graph does not know, as SQL that was typed, and in an operation, which selects nothing: there dbt still has
        what the command before selected, in the same process. Unit tests read what they are given.
    -#}
    {%- set found = [] -%}
    {%- set unknown = ['an operation'] if flags.WHICH == 'run-operation' else [] -%}
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
