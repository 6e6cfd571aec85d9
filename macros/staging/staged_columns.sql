{% macro staged_columns(entity, columns) %}
    {#-
        Some columns of `entity` from every enabled source that feeds it, for tests: `columns` maps names to types.
        No row, but the columns, where no source feeds it.
    -#}
    {%- set feeding = [] -%}
    {%- for source in enabled_sources() if entity in var('sources')[source] -%}
        {%- do feeding.append(ref('stg_' ~ source ~ '__' ~ entity)) -%}
    {%- endfor -%}
    {%- for relation in feeding or [none] %}
    select
        {%- for column, type in columns.items() %}
        cast({{ column if relation else 'null' }} as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ 'from ' ~ relation if relation else 'where false' }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
