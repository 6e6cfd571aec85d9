{% macro snapshot_id(customer_id, month_date, snapshot_version) -%}
    {#- The key of a row of customer_value_monthly. -#}
    md5(concat_ws(':', {{ customer_id }}, cast({{ month_date }} as string), cast({{ snapshot_version }} as string)))
{%- endmacro %}
