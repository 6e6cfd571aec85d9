{% macro widen_columns_of_before() %}
    {#-
        A table that is never made anew keeps the types that its columns were written with: decimals get the digits that
        the contract gives them today, so that a larger amount can be added. What they hold stays as it is.
    -#}
    {{ return(adapter.dispatch('widen_columns_of_before', 'cem_warehouse')()) }}
{% endmacro %}

{% macro default__widen_columns_of_before() %}
    {%- if execute and is_incremental() -%}
        {%- set stored = {} -%}
        {%- for column in adapter.get_columns_in_relation(this) -%}
            {%- do stored.update({column.name: column.data_type | lower | replace(' ', '')}) -%}
        {%- endfor -%}
        {%- for column in model.columns.values() -%}
            {%- set before = stored.get(column.name, '') -%}
            {%- if before.startswith('decimal') and before != column.data_type | replace(' ', '') -%}
                {%- do run_query(
                    'alter table ' ~ this ~ ' alter column ' ~ column.name ~ ' set data type ' ~ column.data_type
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{#- A column of a Parquet table has its type for good (docs/engines.md). -#}
{% macro spark__widen_columns_of_before() %}
{% endmacro %}
