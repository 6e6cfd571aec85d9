{% macro made_anew(existing, type='table') -%}
    {#- SQL that drops the former relation and makes the model's in its place. -#}
    {%- if existing is not none %}drop {{ existing.type }} if exists {{ existing }};{% endif %}
    {{ create_view_as(this.incorporate(type='view'), sql) if type == 'view'
        else create_table_as(False, this.incorporate(type='table'), sql) }};
{%- endmacro %}
