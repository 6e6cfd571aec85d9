{% macro changes_kept(changes) -%}
    {#- SQL that adds the rows of the query `changes` to those of the build before, and forgets older ones. -#}
    delete from {{ changes_of(this) }} where _run <= (
        select previous_run from {{ builds_relation() }} where model = '{{ model.name }}'
    );
    insert into {{ changes_of(this) }} by name select {{ this_run() }} as _run, * from ({{ changes }}) as changes;
{%- endmacro %}
