{% macro union_staging(entity, computed=[]) %}
    {#-
        The rows of `entity` from every enabled source that feeds it; no row, but the right columns, where none does.
        Columns and types are those of the calling model's contract, without the `computed` ones it adds itself.
    -#}
    {%- set columns = {} -%}
    {%- for column in model.get('columns', {}).values() if column.name not in computed -%}
        {%- do columns.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {{ return(staged_columns(entity, columns)) }}
{% endmacro %}
