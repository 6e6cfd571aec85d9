{% macro union_staging(entity, computed=[]) %}
    {#-
        The rows of `entity` from every enabled source that feeds it; no row, but the right columns, where none does.
        Columns and types are those of the calling model's contract, without the `computed` ones it adds itself.
    -#}
    {%- set columns = model.get('columns', {}).values() | rejectattr('name', 'in', computed) | list -%}
    {%- set feeding = [] -%}
    {%- for source in enabled_sources() if entity in var('sources')[source] -%}
        {%- do feeding.append(ref('stg_' ~ source ~ '__' ~ entity)) -%}
    {%- endfor -%}
    {%- for relation in feeding or [none] %}
    select
        {%- for column in columns %}
        cast({{ column.name if relation else 'null' }} as {{ column.data_type }}) as {{ column.name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    {{ 'from ' ~ relation if relation else 'where false' }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
