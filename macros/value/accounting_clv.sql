{% macro accounting_clv(relation, income) -%}
    {#-
        Accounting CLV (docs/dbt/customer_value.md) of the terms that stand under these names in `relation`, of what a
        month brings in `income`.
    -#}
    cast(
        ({{ relation }}.{{ income }} - {{ relation }}.fixed_cost_per_month_amount)
        * {{ relation }}.expected_lifetime_months
        - {{ relation }}.acquisition_cost_amount - {{ relation }}.retention_cost_amount
        - {{ relation }}.investment_amount as decimal(28, 4)
    )
{%- endmacro %}
