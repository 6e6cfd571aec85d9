{% macro made_incrementally(existing) %}
    {#-
        SQL that makes a model of which only what was touched is made anew (docs/decisions/0065). The model says in its
        meta, as `incremental`: its `key`, columns whose rows are made from rows with that key alone; the `inputs` that
        hold those rows, with their columns for the key; the `lookups` whose rows are looked up by columns of the model;
        `as_of`, a column of the inputs whose days the model holds until the as-of day; and what it reads `beside`, which
        changes no row that nothing else does. Anything more that it reads has all of it made anew where it changes.
    -#}
    {%- set reads = inputs_of(model) -%}
    {%- set key = model.config.meta.incremental.key -%}
    {%- set before = build_before(model.name) -%}
    {%- set made_from = made_from_now(reads, sql) -%}
    {%- set why = why_anew(existing, before, made_from, reads) -%}
    {%- set noted = {'made_from': "'" ~ made_from ~ "'", 'files': '(' ~ files_of(reads) ~ ')'} -%}
    {%- for read in reads if read['as'] == 'as_of' -%}
        {%- do noted.update({'as_of_date': '(select as_of_date from ' ~ read.relation ~ ')'}) -%}
    {%- endfor -%}
    {%- if why -%}
        {%- if existing is not none -%}{%- do log(model.name ~ ' is made anew: ' ~ why, info=true) -%}{%- endif -%}
        {{ return(made_anew(existing) ~ changes_begun() ~ note_build(true, noted)) }}
    {%- endif -%}
    {%- set touched = model.name ~ '__touched' -%}
    {%- set files = changed_files(reads) -%}
    {%- do run_query('create or replace temp table ' ~ touched ~ ' as select distinct * from ('
        ~ touched_keys(reads, key, files) ~ ') as keys (' ~ key | join(', ') ~ ')') -%}
    {{ return(rows_exchanged(touched, key, restricted(reads, touched, key, files)) ~ note_build(false, noted)) }}
{% endmacro %}
