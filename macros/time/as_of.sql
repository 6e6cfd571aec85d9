{% macro as_of() -%}
    {#- The moment at which the as-of day was over everywhere (exclusive), UTC. No model calls now(). -#}
    (select as_of_at from {{ ref('int_clock__as_of') }})
{%- endmacro %}
