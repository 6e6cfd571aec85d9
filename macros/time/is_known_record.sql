{% macro is_known_record() -%}
    {#-
        Whether a row of customer_records says something of a known customer at the as-of moment: one that says not since
        when always does.
    -#}
    customer_id is not null and (occurred_at is null or business_date <= {{ as_of_date() }})
{%- endmacro %}
