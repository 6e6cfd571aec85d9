{% macro with_deliveries(relation, columns, key, rules, newest_counts=false) -%}
    {#-
        The raw rows of `relation`, each with `_repeats`: null for the row that counts of those with its `key` (a list of
        expressions), else whether it is a `copy` of that to the letter or has `other` content. Of the rows that break
        none of `rules` the first by file and row counts, or the last. `columns` are what the source says in a row.
    -#}
    (
        select
            raw_row.*,
            case
                when delivered.place > 1 and delivered.content = delivered.first_content then 'copy'
                when delivered.place > 1 then 'other'
            end as _repeats
        from {{ relation }} as raw_row
        left join (
            select *, first_value(content) over (partition by {{ key_names(key) }} order by place) as first_content
            from {{ repeated_rows(relation, columns, key, rules, newest_counts) }} as placed
        ) as delivered
            on raw_row._file_name = delivered._file_name and raw_row._file_row = delivered._file_row
    )
{%- endmacro %}
