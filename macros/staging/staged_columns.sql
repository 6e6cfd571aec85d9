{% macro staged_columns(entity, columns) %}
    {#-
        Columns of `entity` from every enabled source that feeds it, `columns` mapping names to types; no row, but the
        columns, where no source does. The model's meta says that it reads the entity: where no source feeds it, nothing
        else in the manifest does (orchestration/publishing/emptiness.py).
    -#}
    {%- do config(meta={'reads_' ~ entity: true}) -%}
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
