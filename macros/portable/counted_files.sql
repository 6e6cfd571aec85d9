{% macro counted_files(landing_files) -%}
    {#-
        The manifest of landing files with what counts: the newest version of each name and, of names with the same
        content, the first in the order of the alphabet. So it does not matter in which order they arrived.
    -#}
    select
        *,
        is_newest and row_number() over (
            partition by table_name, content_md5, is_newest order by file_name
        ) = 1 as is_counted
    from (
        select
            *,
            row_number() over (partition by table_name, file_name order by file_version desc) = 1 as is_newest
        from ({{ landing_files }}) as stored
    ) as aged
{%- endmacro %}
