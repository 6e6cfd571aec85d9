-- Accounting CLV, the textbook's undiscounted one:
--   (revenue a month - fixed cost a month) x expected lifetime in months
--   - acquisition cost - retention cost - investment in the customer
-- the same on margin, which leaves the cost of goods out of what a month brings,
-- and, beside it, what the models predict of the customer as of now.
{% set next_day = add_days('cast(' ~ as_of_date() ~ ' as timestamp)', 1) %}

-- Everything so far: the newest flows of each customer with a purchase or a refund.
with flows as (
    select * from {{ ref('int_value__month_flows') }}
    where next_month_date is null and (lifetime_order_count > 0 or lifetime_refund_count > 0)
),

valuations as (
    select * from {{ ref('int_value__valuations') }}
    where purpose = 'current'
),

predictions as (
    select predictions.*
    from {{ ref('int_value__predictions') }} as predictions
    inner join valuations on predictions.valuation_id = valuations.valuation_id
),

-- Of the last month that has ended; a single row, null where none has.
fixed_cost as (
    select max_by(fixed_cost_per_month_amount, month_date) as fixed_cost_per_month_amount
    from {{ ref('int_value__fixed_cost_shares') }}
    where month_date < {{ open_month_date() }}
),

terms as (
    select
        flows.customer_id,
        flows.lifetime_order_count as order_count,
        flows.first_purchase_at,
        flows.last_purchase_at,
        flows.lifetime_goods_amount as goods_amount,
        flows.lifetime_freight_amount as freight_amount,
        flows.lifetime_goods_amount + flows.lifetime_freight_amount as revenue_amount,
        flows.lifetime_refund_count as refund_count,
        flows.lifetime_refund_amount as refund_amount,
        flows.lifetime_net_revenue_amount as net_revenue_amount,
        flows.lifetime_costed_revenue_amount as costed_revenue_amount,
        flows.lifetime_product_cost_amount as product_cost_amount,
        flows.lifetime_costed_revenue_amount - flows.lifetime_product_cost_amount as costed_line_margin_amount,
        {{ tenure_months('flows.first_purchase_date', next_day) }} as tenure_months,
        coalesce(fixed_cost.fixed_cost_per_month_amount, {{ var('fixed_cost_per_customer_month_amount') }})
            as fixed_cost_per_month_amount,
        {{ var('expected_lifetime_months') }} as expected_lifetime_months,
        coalesce(flows.lifetime_acquisition_cost_amount, {{ var('acquisition_cost_per_customer_amount') }})
            as acquisition_cost_amount,
        flows.lifetime_retention_cost_amount as retention_cost_amount,
        {{ var('investment_per_customer_amount') }} as investment_amount,
        flows.lifetime_margin_amount as margin_amount,
        flows.lifetime_cost_to_serve_amount as cost_to_serve_amount
    from flows
    cross join fixed_cost
),

monthly as (
    select
        *,
        {{ quotient('net_revenue_amount', 'tenure_months') }} as revenue_per_month_amount,
        {{ quotient('margin_amount', 'tenure_months') }} as margin_per_month_amount
    from terms
)

select
    monthly.customer_id,
    cast(monthly.order_count as bigint) as order_count,
    monthly.first_purchase_at,
    monthly.last_purchase_at,
    cast(monthly.goods_amount as decimal(28, 4)) as goods_amount,
    cast(monthly.freight_amount as decimal(28, 4)) as freight_amount,
    cast(monthly.revenue_amount as decimal(28, 4)) as revenue_amount,
    cast(monthly.refund_count as bigint) as refund_count,
    cast(monthly.refund_amount as decimal(28, 4)) as refund_amount,
    cast(monthly.net_revenue_amount as decimal(28, 4)) as net_revenue_amount,
    cast(monthly.costed_revenue_amount as decimal(28, 4)) as costed_revenue_amount,
    cast(monthly.product_cost_amount as decimal(28, 4)) as product_cost_amount,
    cast(monthly.costed_line_margin_amount as decimal(28, 4)) as costed_line_margin_amount,
    cast(monthly.tenure_months as decimal(18, 4)) as tenure_months,
    monthly.revenue_per_month_amount,
    cast(monthly.fixed_cost_per_month_amount as decimal(28, 4)) as fixed_cost_per_month_amount,
    cast(monthly.expected_lifetime_months as decimal(18, 4)) as expected_lifetime_months,
    cast(monthly.acquisition_cost_amount as decimal(28, 4)) as acquisition_cost_amount,
    cast(monthly.retention_cost_amount as decimal(28, 4)) as retention_cost_amount,
    cast(monthly.investment_amount as decimal(28, 4)) as investment_amount,
    {{ accounting_clv('monthly', 'revenue_per_month_amount') }} as accounting_clv_amount,
    {{ accounting_clv('monthly', 'margin_per_month_amount') }} as accounting_clv_on_margin_amount,
    monthly.cost_to_serve_amount,
    monthly.margin_amount,
    monthly.margin_per_month_amount,
    {{ prediction_columns('predictions') }}
from monthly
left join predictions on monthly.customer_id = predictions.customer_id
