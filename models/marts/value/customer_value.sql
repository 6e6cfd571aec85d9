-- Accounting CLV, the textbook's undiscounted one:
--   (revenue a month - fixed cost a month) x expected lifetime in months
--   - acquisition cost - retention cost - investment in the customer
with revenue as (
    select * from {{ ref('int_value__customer_revenue') }}
),

spending as (
    select * from {{ ref('int_value__customer_cost') }}
),

terms as (
    select
        revenue.*,
        revenue.goods_amount + revenue.freight_amount as revenue_amount,
        revenue.goods_amount + revenue.freight_amount - revenue.refund_amount as net_revenue_amount,
        revenue.costed_revenue_amount - revenue.product_cost_amount as margin_amount,
        greatest(
            {{ days_between('coalesce(revenue.first_purchase_at, ' ~ as_of() ~ ')', as_of()) }} / 30.4375,
            {{ var('minimum_tenure_months') }}
        ) as tenure_months,
        {{ var('fixed_cost_per_customer_month_amount') }} as fixed_cost_per_month_amount,
        {{ var('expected_lifetime_months') }} as expected_lifetime_months,
        coalesce(spending.acquisition_cost_amount, {{ var('acquisition_cost_per_customer_amount') }})
            as acquisition_cost_amount,
        coalesce(spending.retention_cost_amount, 0) as retention_cost_amount,
        {{ var('investment_per_customer_amount') }} as investment_amount
    from revenue
    left join spending on revenue.customer_id = spending.customer_id
),

monthly as (
    select
        *,
        cast(cast(net_revenue_amount as double) / tenure_months as decimal(18, 4)) as revenue_per_month_amount
    from terms
)

select
    customer_id,
    cast(order_count as bigint) as order_count,
    first_purchase_at,
    last_purchase_at,
    cast(goods_amount as decimal(18, 4)) as goods_amount,
    cast(freight_amount as decimal(18, 4)) as freight_amount,
    cast(revenue_amount as decimal(18, 4)) as revenue_amount,
    cast(refund_count as bigint) as refund_count,
    cast(refund_amount as decimal(18, 4)) as refund_amount,
    cast(net_revenue_amount as decimal(18, 4)) as net_revenue_amount,
    cast(costed_revenue_amount as decimal(18, 4)) as costed_revenue_amount,
    cast(product_cost_amount as decimal(18, 4)) as product_cost_amount,
    cast(margin_amount as decimal(18, 4)) as margin_amount,
    cast(tenure_months as decimal(18, 4)) as tenure_months,
    revenue_per_month_amount,
    cast(fixed_cost_per_month_amount as decimal(18, 4)) as fixed_cost_per_month_amount,
    cast(expected_lifetime_months as decimal(18, 4)) as expected_lifetime_months,
    cast(acquisition_cost_amount as decimal(18, 4)) as acquisition_cost_amount,
    cast(retention_cost_amount as decimal(18, 4)) as retention_cost_amount,
    cast(investment_amount as decimal(18, 4)) as investment_amount,
    cast(
        (revenue_per_month_amount - fixed_cost_per_month_amount) * expected_lifetime_months
        - acquisition_cost_amount - retention_cost_amount - investment_amount as decimal(18, 4)
    ) as accounting_clv_amount
from monthly
