{% macro generate_schema_name(custom_schema_name, node) -%}
    {#- A schema is called as the folder's config says, without the profile's prefix: people and BI tools read it. -#}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
