{% macro changes_begun() -%}
    {#- SQL of a table for the changes of this one, from now on. -#}
    create or replace table {{ changes_of(this) }} as select cast(null as bigint) as _run, * from {{ this }} limit 0;
{%- endmacro %}
