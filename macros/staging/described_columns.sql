{% macro described_columns() -%}
    {#- The columns of the calling model, as its YAML describes them: what passes a source on has them in one place. -#}
    {{ model.get('columns', {}).keys() | join(', ') }}
{%- endmacro %}
