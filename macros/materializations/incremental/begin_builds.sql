{% macro begin_builds() %}
    {#-
        Numbers this run of dbt. `incremental_builds` has a row a table whose changes are kept: the run after which the
        kept ones begin, the run of its build before the last, and of its last; and of an incremental one, what it was
        made from as a whole, its as-of day and its files. On Spark every table is made anew.
    -#}
    {%- if execute and target.type == 'duckdb' -%}
        {%- set builds = builds_relation() -%}
        {%- do run_query('create table if not exists ' ~ builds ~ ' (model varchar, complete_since bigint, '
            ~ 'previous_run bigint, last_run bigint, made_from varchar, as_of_date date, files varchar[])') -%}
        {%- if flags.WHICH in ['build', 'run', 'retry'] -%}
            {%- do run_query("insert into " ~ builds ~ " by name select '' as model, 0 as last_run "
                ~ "where not exists (from " ~ builds ~ " where model = '')") -%}
            {%- do run_query("update " ~ builds ~ " set last_run = last_run + 1 where model = ''") -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}
