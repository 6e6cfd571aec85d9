{% macro counts_as_refund() -%}
    {#- Whether a row of refunds takes back revenue of a known customer until the as-of moment: what was owed was none. -#}
    counts_as <> 'liability' and customer_id is not null and business_date <= {{ as_of_date() }}
{%- endmacro %}
