{% macro keep_what_was_added(rule, generation) -%}
    {#-
        SQL, for a hook after an incremental model of dbt's own that only adds rows: notes the build, and those of its
        last `generation`, a column, as changes. What came with the build before may be among them a second time.
    -#}
    {%- if execute and target.type == 'duckdb' -%}
        {%- set before = build_before(model.name) -%}
        {%- set is_anew = before is none or columns_there(changes_of(this)) != ['_run'] + columns_there(this) -%}
        {%- set noted = {'made_from': "'" ~ made_from_now(inputs_of(model), rule) ~ "'"} -%}
        {{ changes_begun() if is_anew else changes_kept(
            'select * from ' ~ this ~ ' where ' ~ generation ~ ' = (select max(' ~ generation ~ ') from ' ~ this ~ ')'
        ) }}
        {{ note_build(is_anew, noted) }}
    {%- endif -%}
{%- endmacro %}
