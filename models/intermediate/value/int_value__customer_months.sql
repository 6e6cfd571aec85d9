-- The snapshot of each customer at each closed month-end, as it would be written today: flows of the month, accounting
-- CLV at its end, prediction, tier. `content_md5` tells whether it is what was written before.
with valuations as (
    select * from {{ ref('int_value__valuations') }}
    where purpose = 'month_end'
),

flows as (
    select * from {{ ref('int_value__month_flows') }}
),

segments as (
    select * from {{ ref('int_value__customer_segments') }}
),

fixed_cost_shares as (
    select * from {{ ref('int_value__fixed_cost_shares') }}
),

predictions as (
    select * from {{ ref('int_value__predictions') }}
),

-- The newest flows of each customer until the month; those of the month itself where it has any.
known as (
    select
        valuations.valuation_id,
        valuations.month_date as snapshot_month_date,
        valuations.valued_at,
        flows.*,
        flows.month_date = valuations.month_date as is_of_month,
        cast(date_trunc('month', flows.first_purchase_date) as date) as first_purchase_month_date
    from valuations
    inner join flows on {{ are_newest_flows('flows', 'valuations') }}
),

terms as (
    select
        known.*,
        known.first_purchase_month_date is not null as is_customer,
        coalesce(known.first_purchase_month_date = known.snapshot_month_date, false) as is_first_month,
        -- What no source says was paid to win a customer is taken from the var, in the month of the first purchase.
        known.lifetime_acquisition_cost_amount is null as is_acquisition_assumed,
        coalesce(
            known.first_purchase_month_date is not null
            and known.snapshot_month_date < cast(
                cast(known.first_purchase_month_date as timestamp)
                + interval {{ var('expected_lifetime_months') }} month as date
            ), false
        ) as bears_fixed_cost,
        {{ tenure_months('known.first_purchase_date', 'known.valued_at') }} as tenure_months,
        coalesce(fixed_cost_shares.fixed_cost_amount, {{ var('fixed_cost_per_customer_month_amount') }})
            as share_of_month_amount,
        coalesce(fixed_cost_shares.fixed_cost_per_month_amount, {{ var('fixed_cost_per_customer_month_amount') }})
            as fixed_cost_per_month_amount
    from known
    left join fixed_cost_shares on known.snapshot_month_date = fixed_cost_shares.month_date
),

amounts as (
    select
        *,
        case when is_of_month then order_count else 0 end as month_order_count,
        case when is_of_month then goods_amount + freight_amount else 0 end as revenue_amount,
        case when is_of_month then refund_amount else 0 end as month_refund_amount,
        case
            when lifetime_margin_amount is null then null
            when is_of_month then goods_cost_amount
            else 0
        end as month_goods_cost_amount,
        case
            when lifetime_margin_amount is null then null
            when is_of_month then margin_amount
            else 0
        end as month_margin_amount,
        case when is_of_month then cost_to_serve_amount else 0 end as month_cost_to_serve_amount,
        case when bears_fixed_cost then share_of_month_amount else 0 end as fixed_cost_amount,
        case when is_of_month then acquisition_cost_amount else 0 end
        + case
            when is_first_month and is_acquisition_assumed then {{ var('acquisition_cost_per_customer_amount') }}
            else 0
        end as month_acquisition_cost_amount,
        case when is_of_month then retention_cost_amount else 0 end as month_retention_cost_amount,
        case when is_first_month then {{ var('investment_per_customer_amount') }} else 0 end as month_investment_amount,
        {{ var('expected_lifetime_months') }} as expected_lifetime_months,
        coalesce(
            lifetime_acquisition_cost_amount,
            case when is_customer then {{ var('acquisition_cost_per_customer_amount') }} else 0 end
        ) as known_acquisition_cost_amount,
        case when is_customer then {{ var('investment_per_customer_amount') }} else 0 end as known_investment_amount,
        {{ quotient('lifetime_net_revenue_amount', 'tenure_months') }} as revenue_per_month_amount,
        {{ quotient('lifetime_margin_amount', 'tenure_months') }} as margin_per_month_amount
    from terms
),

accounting as (
    select
        accounting.valuation_id,
        accounting.customer_id,
        {{ accounting_clv('accounting', 'revenue_per_month_amount') }} as accounting_clv_amount,
        {{ accounting_clv('accounting', 'margin_per_month_amount') }} as accounting_clv_on_margin_amount
    from (
        select
            valuation_id,
            customer_id,
            revenue_per_month_amount,
            margin_per_month_amount,
            fixed_cost_per_month_amount,
            expected_lifetime_months,
            known_acquisition_cost_amount as acquisition_cost_amount,
            lifetime_retention_cost_amount as retention_cost_amount,
            known_investment_amount as investment_amount
        from amounts
        where is_customer
    ) as accounting
),

snapshots as (
    select
        amounts.customer_id,
        amounts.snapshot_month_date as month_date,
        amounts.valued_at as month_end_at,
        segments.source_system,
        segments.acquisition_channel,
        segments.segment,
        cast(amounts.first_purchase_at as timestamp) as first_purchase_at,
        cast(amounts.month_order_count as bigint) as order_count,
        cast(amounts.revenue_amount as decimal(28, 4)) as revenue_amount,
        cast(amounts.month_refund_amount as decimal(28, 4)) as refund_amount,
        cast(amounts.month_goods_cost_amount as decimal(28, 4)) as goods_cost_amount,
        cast(amounts.month_margin_amount as decimal(28, 4)) as margin_amount,
        cast(amounts.month_cost_to_serve_amount as decimal(28, 4)) as cost_to_serve_amount,
        cast(amounts.fixed_cost_amount as decimal(28, 4)) as fixed_cost_amount,
        cast(amounts.month_acquisition_cost_amount as decimal(28, 4)) as acquisition_cost_amount,
        cast(amounts.month_retention_cost_amount as decimal(28, 4)) as retention_cost_amount,
        cast(amounts.month_investment_amount as decimal(28, 4)) as investment_amount,
        cast(
            amounts.month_margin_amount - amounts.month_cost_to_serve_amount - amounts.fixed_cost_amount
            - amounts.month_acquisition_cost_amount - amounts.month_retention_cost_amount
            - amounts.month_investment_amount as decimal(28, 4)
        ) as profit_amount,
        amounts.lifetime_order_count,
        amounts.lifetime_net_revenue_amount,
        amounts.lifetime_margin_amount,
        cast(amounts.tenure_months as decimal(18, 4)) as tenure_months,
        amounts.revenue_per_month_amount,
        amounts.margin_per_month_amount,
        cast(amounts.fixed_cost_per_month_amount as decimal(28, 4)) as fixed_cost_per_month_amount,
        cast(amounts.expected_lifetime_months as decimal(18, 4)) as expected_lifetime_months,
        cast(amounts.known_acquisition_cost_amount as decimal(28, 4)) as lifetime_acquisition_cost_amount,
        cast(amounts.lifetime_retention_cost_amount as decimal(28, 4)) as lifetime_retention_cost_amount,
        cast(amounts.known_investment_amount as decimal(28, 4)) as lifetime_investment_amount,
        accounting.accounting_clv_amount,
        accounting.accounting_clv_on_margin_amount,
        {{ prediction_columns('predictions') }},
        cast(predictions.prior_probability_alive as decimal(18, 12)) as prior_probability_alive,
        cast(predictions.prior_discounted_purchases as decimal(28, 12)) as prior_discounted_purchases,
        cast(predictions.prior_residual_revenue as decimal(28, 4)) as prior_residual_revenue_amount,
        cast(predictions.prior_residual_revenue * predictions.margin_rate as decimal(28, 4))
            as prior_residual_clv_amount
    from amounts
    left join segments on amounts.customer_id = segments.customer_id
    left join accounting
        on amounts.valuation_id = accounting.valuation_id and amounts.customer_id = accounting.customer_id
    left join predictions
        on amounts.valuation_id = predictions.valuation_id and amounts.customer_id = predictions.customer_id
)

select
    *,
    {{ snapshot_content_md5() }} as content_md5
from snapshots
