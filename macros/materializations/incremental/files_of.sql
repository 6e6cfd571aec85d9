{% macro files_of(reads) %}
    {#- SQL of the files that count of the raw tables among `reads`, each version under a name of its own, as a list. -#}
    select coalesce(list(name order by name), []) from (
        select cast(null as varchar) as name where false
        {%- for read in reads if read.node.resource_type == 'source' %}
        union all
        select file_version || ' ' || file_name from {{ read.relation.schema }}.landing_files
        where table_name = '{{ read.node.name }}' and is_counted
        {%- endfor %}
    )
{% endmacro %}
