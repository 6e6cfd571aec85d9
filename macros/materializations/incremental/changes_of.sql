{% macro changes_of(relation) %}
    {#- Where the rows stand that came to or went from `relation` of late. -#}
    {{ return(relation.incorporate(path={'identifier': relation.identifier ~ '__changes'})) }}
{% endmacro %}
