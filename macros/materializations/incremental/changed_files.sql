{% macro changed_files(reads) %}
    {#- The names, as SQL, of files that came or went since the last build of the model. -#}
    {%- set now = files_of(reads) -%}
    {%- set found = run_query("
        select distinct '''' || replace(regexp_replace(name, '^[^ ]* ', ''), '''', '''''') || ''''
        from (
            select unnest(files) as name, files as mine, other from (
                select before.files, now.files as other
                from " ~ builds_relation() ~ " as before, (select (" ~ now ~ ") as files) as now
                where before.model = '" ~ model.name ~ "'
                union all
                select now.files, before.files
                from " ~ builds_relation() ~ " as before, (select (" ~ now ~ ") as files) as now
                where before.model = '" ~ model.name ~ "'
            )
        )
        where not list_contains(other, name)
        order by all
    ") -%}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}
