{% macro build_before(name) %}
    {#- What was noted of the last build of a table (begin_builds); none where nothing was. -#}
    {%- set noted = run_query("select complete_since, last_run, made_from from " ~ builds_relation()
        ~ " where model = '" ~ name ~ "'").rows -%}
    {{ return(noted[0] if noted else none) }}
{% endmacro %}
