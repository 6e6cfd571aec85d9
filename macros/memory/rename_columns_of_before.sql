{% macro rename_columns_of_before(names) %}
    {#- A table that is never made anew keeps what was written under former names, once its columns have those of today. -#}
    {%- if execute and is_incremental() -%}
        {%- set columns = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
        {%- for before, now in names.items() if before in columns -%}
            {%- do run_query('alter table ' ~ this ~ ' rename column ' ~ before ~ ' to ' ~ now) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}
