{% macro current_records(changes, columns) -%}
    {#-
        The records of a database or an API as they stand now, of all `changes` that extractions brought: the newest
        state of each, without the deleted ones. Extractions are numbered, so their names sort as they came.
    -#}
    select {{ columns | join(', ') }}
    from (
        select
            *,
            row_number() over (partition by _record_key order by _file_name desc, _file_row desc) = 1 as is_current
        from ({{ changes }}) as change
    ) as aged
    where is_current and not _is_deleted
{%- endmacro %}
