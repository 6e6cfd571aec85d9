{% macro accounting_clv(relation) -%}
    {#- Accounting CLV (docs/dbt/customer_value.md) of the terms that stand under these names in `relation`. -#}
    cast(
        ({{ relation }}.revenue_per_month_amount - {{ relation }}.fixed_cost_per_month_amount)
        * {{ relation }}.expected_lifetime_months
        - {{ relation }}.acquisition_cost_amount - {{ relation }}.retention_cost_amount
        - {{ relation }}.investment_amount as decimal(18, 4)
    )
{%- endmacro %}
