{% macro rows_exchanged(touched, key, rows) -%}
    {#-
        SQL that gives the model its `rows` of today for the keys in the table `touched`, where they differ from those of
        before, and adds what came and went to its changes.
    -#}
    {%- set now, changed = model.name ~ '__now', model.name ~ '__changed' -%}
    {%- set columns = dict(zip(key, key)) -%}
    create or replace temp table {{ now }} as from {{ this }} limit 0;
    insert into {{ now }} by name {{ rows }};
    create or replace temp table {{ changed }} as
    with former as (from {{ matching(this, columns, touched) }})
    (from former except all from {{ now }}) union all (from {{ now }} except all from former);
    delete from {{ this }} as former using (select distinct {{ key | join(', ') }} from {{ changed }}) as changed
    where {% for column in key %}former.{{ column }} is not distinct from changed.{{ column }}{{ ' and ' if not loop.last }}{% endfor %};
    insert into {{ this }} from {{ matching(now, columns, changed) }};
    {{ changes_kept('from ' ~ changed) }}
    drop table {{ touched }};
    drop table {{ now }};
    drop table {{ changed }};
{%- endmacro %}
