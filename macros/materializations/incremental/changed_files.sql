{% macro changed_files(reads) %}
    {#- The names, as SQL, of files that came or went since the last build of the model. -#}
    {%- set before = 'select unnest(files) as name from ' ~ builds_relation() ~ " where model = '" ~ model.name ~ "'" -%}
    {%- set now = 'select unnest((' ~ files_of(reads) ~ ')) as name' -%}
    {%- set found = run_query("
        select distinct '''' || replace(regexp_replace(name, '^[^ ]* ', ''), '''', '''''') || ''''
        from ((" ~ before ~ ' except ' ~ now ~ ') union all (' ~ now ~ ' except ' ~ before ~ "))
        order by all
    ") -%}
    {{ return(found.columns[0].values() | list) }}
{% endmacro %}
