{% macro made_with_changes(existing) -%}
    {#-
        SQL that makes a table anew and keeps what came to it and went, for the incremental models that read it. Where
        its SQL is another, or nothing was kept, that begins again.
    -#}
    {%- set made_from = local_md5(sql ~ model.columns.values() | map(attribute='data_type') | list) -%}
    {%- set before = build_before(model.name) -%}
    {%- set noted = {'made_from': "'" ~ made_from ~ "'"} -%}
    {%- if existing is none or not existing.is_table or before is none or before['made_from'] != made_from -%}
        {{ return(made_anew(existing) ~ changes_begun() ~ note_build(true, noted)) }}
    {%- endif -%}
    {%- set former = this.incorporate(path={'identifier': this.identifier ~ '__former'}) -%}
    {%- set exchanged -%}
    alter table {{ this }} rename to {{ former.identifier }};
    {{ create_table_as(False, this.incorporate(type='table'), sql) }};
    {{ changes_kept(
        '(from ' ~ former ~ ' except all from ' ~ this ~ ') union all (from ' ~ this ~ ' except all from ' ~ former ~ ')'
    ) }}
    drop table {{ former }};
    {%- endset -%}
    {{ return(exchanged ~ note_build(false, noted)) }}
{%- endmacro %}
