{% macro as_of() -%}
    {#- The moment the marts speak of (exclusive upper bound), UTC. No model calls now(). -#}
    (select as_of_at from {{ ref('int_clock__as_of') }})
{%- endmacro %}
