{% macro keep_changes_of_view() %}
    {#-
        Beside a view whose tables all keep their changes, a view of what came to it and went: its own SQL, over those
        changes. That is right where it does nothing but pick rows and columns, which the engine's plan of it says.
    -#}
    {%- set changes = changes_of(this).incorporate(type='view') -%}
    {%- set under = tables_under(model) | map(attribute='name') | list -%}
    {%- if under and not under | reject('in', tables_followed()) | list -%}
        {%- set plan = run_query('explain (format json) from ' ~ this).rows[0][1] -%}
        {%- set steps = modules.re.findall('"name": "([^"]*)"', plan) | map('trim') | unique | list -%}
        {%- set over_changes = [sql] -%}
        {%- for unique_id in model.depends_on.nodes -%}
            {%- set relation = relation_of(graph.nodes[unique_id]) -%}
            {%- do over_changes.append(over_changes.pop() | replace(relation | string, changes_of(relation) | string)) -%}
        {%- endfor -%}
        {%- if steps | reject('in', ['PROJECTION', 'FILTER', 'SEQ_SCAN', 'UNION', 'EMPTY_RESULT']) | list -%}
            {%- do run_query('drop view if exists ' ~ changes) -%}
        {%- else -%}
            {%- do run_query('create or replace view ' ~ changes ~ ' as ' ~ over_changes[0]) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
