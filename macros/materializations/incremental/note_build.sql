{% macro note_build(is_anew, noted={}) -%}
    {#-
        SQL that notes this build of the model. Its changes are kept of two builds: a model that missed one, because a
        run ended early, finds them in the next. `noted` are further columns, as SQL.
    -#}
    create or replace temp table {{ model.name }}__noted as
    select
        '{{ model.name }}' as model,
        {{ this_run() if is_anew else 'previous_run' }} as complete_since,
        {{ this_run() if is_anew else 'last_run' }} as previous_run,
        {{ this_run() }} as last_run
        {%- for column, value in noted.items() %}, {{ value }} as {{ column }}{% endfor %}
    {%- if not is_anew %} from {{ builds_relation() }} where model = '{{ model.name }}'{% endif %};
    delete from {{ builds_relation() }} where model = '{{ model.name }}';
    insert into {{ builds_relation() }} by name from {{ model.name }}__noted;
    drop table {{ model.name }}__noted;
{%- endmacro %}
