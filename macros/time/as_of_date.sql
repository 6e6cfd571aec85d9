{% macro as_of_date() -%}
    {#- The last business day that the marts speak of. An event counts if its business day is not after it. -#}
    (select as_of_date from {{ ref('int_clock__as_of') }})
{%- endmacro %}
