-- What came in from each customer and was spent on them, month by month, and in all until then. Purchases only: a
-- cancelled order is no revenue, and what is owed or passed on (a gift card, a tip) neither. Freight charged with the
-- order and freight booked as a line are the same thing. Where a source knows no cost of its goods at all, the margin
-- of its customers is not known either.
with orders as (
    select
        order_id,
        customer_id,
        occurred_at,
        business_date,
        freight_amount,
        cast(date_trunc('month', business_date) as date) as month_date
    from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
),

segments as (
    select * from {{ ref('int_value__customer_segments') }}
),

lines as (
    select * from {{ ref('int_value__line_costs') }}
),

refunds as (
    select
        customer_id,
        source_system,
        cast(date_trunc('month', business_date) as date) as month_date,
        amount
    from {{ ref('refunds') }}
    where {{ counts_as_refund() }}
),

cost_rates as (
    select * from {{ ref('int_value__cost_rates') }}
),

bookings as (
    select
        customer_id,
        month_date,
        1 as order_count,
        occurred_at as purchased_at,
        cast(0 as decimal(18, 4)) as goods_amount,
        coalesce(freight_amount, 0) as freight_amount,
        0 as refund_count,
        cast(0 as decimal(18, 4)) as refund_amount,
        cast(null as decimal(18, 4)) as costed_revenue_amount,
        cast(null as decimal(18, 4)) as product_cost_amount,
        cast(0 as decimal(18, 4)) as goods_cost_amount,
        0 as unknown_cost_count,
        cast(null as decimal(18, 4)) as acquisition_cost_amount,
        cast(0 as decimal(18, 4)) as retention_cost_amount,
        cast({{ var('cost_per_order_amount') }} as decimal(18, 4)) as cost_to_serve_amount
    from orders
    union all
    select
        lines.customer_id,
        lines.month_date,
        0,
        null,
        case when lines.counts_as = 'revenue' then lines.amount else 0 end,
        case when lines.counts_as = 'freight' then lines.amount else 0 end,
        0,
        0,
        case when lines.cost_amount is not null then lines.amount end,
        lines.cost_amount,
        lines.goods_cost_amount,
        case when lines.is_cost_unknown then 1 else 0 end,
        null,
        0,
        0
    from lines
    union all
    select
        refunds.customer_id,
        refunds.month_date,
        0, null, 0, 0, 1, refunds.amount, null, null, 0,
        case when cost_rates.cost_rate is null then 1 else 0 end,
        null, 0, 0
    from refunds
    inner join cost_rates
        on refunds.source_system = cost_rates.source_system and refunds.month_date = cost_rates.month_date
    union all
    select
        customer_id,
        cast(date_trunc('month', business_date) as date),
        0, null, 0, 0, 0, 0, null, null, 0, 0, null, cost_amount, 0
    from {{ ref('message_events') }}
    where cost_amount is not null and business_date <= {{ as_of_date() }}
    union all
    -- A record without a time was made when the customer first bought.
    select
        customer_records.customer_id,
        cast(date_trunc('month', coalesce(customer_records.business_date, segments.first_purchase_date)) as date),
        0, null, 0, 0, 0, 0, null, null, 0, 0, customer_records.acquisition_cost_amount, 0, 0
    from {{ ref('customer_records') }} as customer_records
    left join segments on customer_records.customer_id = segments.customer_id
    where customer_records.acquisition_cost_amount is not null
        and coalesce(customer_records.business_date, segments.first_purchase_date) <= {{ as_of_date() }}
    union all
    select customer_id, month_date, 0, null, 0, 0, 0, 0, null, null, 0, 0, advertising_amount, 0, 0
    from {{ ref('int_value__advertising_shares') }}
    union all
    select
        customer_id,
        cast(date_trunc('month', business_date) as date),
        0, null, 0, 0, 0, 0, null, null, 0, 0, null, 0,
        cast(
            {{ var('cost_per_contact_amount') }}
            + coalesce(handling_minutes, 0) * {{ var('cost_per_contact_minute_amount') }} as decimal(18, 4)
        )
    from {{ ref('int_value__service_contacts') }}
    where business_date <= {{ as_of_date() }}
),

months as (
    select
        customer_id,
        month_date,
        sum(order_count) as order_count,
        max(purchased_at) as last_purchase_at,
        sum(goods_amount) as goods_amount,
        sum(freight_amount) as freight_amount,
        sum(refund_count) as refund_count,
        sum(refund_amount) as refund_amount,
        sum(costed_revenue_amount) as costed_revenue_amount,
        sum(product_cost_amount) as product_cost_amount,
        sum(goods_cost_amount) as goods_cost_amount,
        sum(unknown_cost_count) as unknown_cost_count,
        sum(acquisition_cost_amount) as acquisition_cost_amount,
        sum(retention_cost_amount) as retention_cost_amount,
        sum(cost_to_serve_amount) as cost_to_serve_amount
    from bookings
    where customer_id is not null
    group by customer_id, month_date
),

sums as (
    select
        *,
        {%- for measure in ['order_count', 'goods_amount', 'freight_amount', 'refund_count', 'refund_amount',
                            'costed_revenue_amount', 'product_cost_amount', 'goods_cost_amount', 'unknown_cost_count',
                            'acquisition_cost_amount', 'retention_cost_amount', 'cost_to_serve_amount'] %}
        sum({{ measure }}) over (partition by customer_id order by month_date) as lifetime_{{ measure }},
        {%- endfor %}
        max(last_purchase_at) over (partition by customer_id order by month_date) as known_last_purchase_at,
        lead(month_date) over (partition by customer_id order by month_date) as next_month_date
    from months
),

-- A month before the first purchase does not know of it yet.
dated as (
    select
        sums.*,
        segments.first_purchase_at,
        segments.first_purchase_date
    from sums
    left join segments
        on sums.customer_id = segments.customer_id
        and cast(date_trunc('month', segments.first_purchase_date) as date) <= sums.month_date
)

select
    customer_id,
    month_date,
    next_month_date,
    first_purchase_at,
    first_purchase_date,
    known_last_purchase_at as last_purchase_at,
    cast(order_count as bigint) as order_count,
    cast(goods_amount as decimal(28, 4)) as goods_amount,
    cast(freight_amount as decimal(28, 4)) as freight_amount,
    cast(refund_amount as decimal(28, 4)) as refund_amount,
    cast(case when lifetime_unknown_cost_count = 0 then goods_cost_amount end as decimal(28, 4)) as goods_cost_amount,
    cast(
        case when lifetime_unknown_cost_count = 0 then goods_amount - refund_amount - goods_cost_amount end
        as decimal(28, 4)
    ) as margin_amount,
    cast(coalesce(acquisition_cost_amount, 0) as decimal(28, 4)) as acquisition_cost_amount,
    cast(retention_cost_amount as decimal(28, 4)) as retention_cost_amount,
    cast(cost_to_serve_amount as decimal(28, 4)) as cost_to_serve_amount,
    cast(lifetime_order_count as bigint) as lifetime_order_count,
    cast(lifetime_goods_amount as decimal(28, 4)) as lifetime_goods_amount,
    cast(lifetime_freight_amount as decimal(28, 4)) as lifetime_freight_amount,
    cast(lifetime_refund_count as bigint) as lifetime_refund_count,
    cast(lifetime_refund_amount as decimal(28, 4)) as lifetime_refund_amount,
    cast(lifetime_costed_revenue_amount as decimal(28, 4)) as lifetime_costed_revenue_amount,
    cast(lifetime_product_cost_amount as decimal(28, 4)) as lifetime_product_cost_amount,
    cast(lifetime_goods_amount + lifetime_freight_amount - lifetime_refund_amount as decimal(28, 4))
        as lifetime_net_revenue_amount,
    cast(
        case
            when lifetime_unknown_cost_count = 0
                then lifetime_goods_amount - lifetime_refund_amount - lifetime_goods_cost_amount
        end as decimal(28, 4)
    ) as lifetime_margin_amount,
    cast(lifetime_acquisition_cost_amount as decimal(28, 4)) as lifetime_acquisition_cost_amount,
    cast(lifetime_retention_cost_amount as decimal(28, 4)) as lifetime_retention_cost_amount,
    cast(lifetime_cost_to_serve_amount as decimal(28, 4)) as lifetime_cost_to_serve_amount
from dated
