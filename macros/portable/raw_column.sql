{% macro raw_column(column, stored, taken) -%}
    {#-
        A declared column of a raw table, of files that have the columns `stored` and brought the columns `taken` beyond
        the contract of their day. Where the contract gained it since, rows of before have it among those.
    -#}
    {%- set value = 'cast(' ~ (column.name if column.name in stored else 'null') ~ ' as ' ~ column.data_type ~ ')' -%}
    {%- if column.name in taken -%}
        {%- set value = 'coalesce(' ~ value ~ ', cast(' ~ new_column(column.name) ~ ' as ' ~ column.data_type ~ '))' -%}
    {%- endif -%}
    {{ value }} as {{ column.name }}
{%- endmacro %}
