{% macro inputs_of(model) %}
    {#-
        What an incremental model reads, each with its relation, as what it is declared (`as`: inputs, lookups, as_of,
        beside, or none, what the model as a whole is made from), and the columns that go with the model's. Staging
        models are declared by their entity, whatever the source.
    -#}
    {%- set declared = model.config.meta.incremental -%}
    {%- set found = [] -%}
    {%- for unique_id in model.depends_on.nodes -%}
        {%- set node = graph.nodes.get(unique_id) or graph.sources[unique_id] -%}
        {%- set name = node.name.split('__')[1] if node.name.startswith('stg_') else node.name -%}
        {%- set kind = 'beside' if name in declared.get('beside', []) -%}
        {%- if name == 'int_clock__as_of' and 'as_of' in declared -%}{%- set kind = 'as_of' -%}{%- endif -%}
        {%- set read = {'node': node, 'relation': relation_of(node), 'as': kind or none, 'columns': {}} -%}
        {%- for kind in ['inputs', 'lookups'] if name in declared.get(kind, {}) -%}
            {%- set columns = declared[kind][name] -%}
            {%- if columns is not mapping -%}{%- set columns = dict(zip(columns, columns)) -%}{%- endif -%}
            {%- do read.update({'as': kind, 'columns': columns}) -%}
        {%- endfor -%}
        {%- do found.append(read) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
