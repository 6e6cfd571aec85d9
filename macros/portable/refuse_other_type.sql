{% macro refuse_other_type(table, column, relation) %}
    {#- Stops where a column was declared whose values of before, taken as text, are not of the type declared. -#}
    {%- set text = new_column(column.name) -%}
    {%- set misfits = run_query(
        'select count(*), min(' ~ text ~ ') from ' ~ relation
        ~ ' where ' ~ text ~ ' is not null and try_cast(' ~ text ~ ' as ' ~ column.data_type ~ ') is null'
    ).rows[0] -%}
    {%- if misfits[0] -%}
        {{ exceptions.raise_compiler_error(table.schema ~ '.' ~ table.name ~ ": column " ~ column.name ~ " is declared "
            ~ column.data_type ~ ", and " ~ misfits[0] ~ " rows that were loaded before it was declared hold something "
            ~ "else, such as '" ~ misfits[1] ~ "'. Declare it as string and validate it in staging, or under another "
            ~ "name.") }}
    {%- endif -%}
{% endmacro %}
