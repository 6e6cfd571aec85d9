{% macro loaded_rows(relation) -%}
    {#- The rows of a validated base model that no row rule sent to quarantine. -#}
    (select * from {{ relation }} where quarantine_rule is null)
{%- endmacro %}
