-- Month by month: what the newest snapshots say was bought and paid back is what the types hold of known customers; a
-- month that waits to be valued has no snapshot, or an older one.
with purchases as (
    select
        order_id,
        cast(date_trunc('month', business_date) as date) as month_date,
        coalesce(freight_amount, 0) as freight
    from {{ ref('orders') }}
    where is_purchase and customer_id is not null
),

bookings as (
    select month_date, 1 as order_count, freight as revenue_amount, 0 as refund_amount from purchases
    union all
    select purchases.month_date, 0, order_lines.amount, 0
    from {{ ref('order_lines') }} as order_lines
    inner join purchases on order_lines.order_id = purchases.order_id
    where order_lines.counts_as <> 'liability'
    union all
    select cast(date_trunc('month', business_date) as date), 0, 0, amount
    from {{ ref('refunds') }}
    where customer_id is not null and counts_as <> 'liability'
),

expected as (
    select
        month_date,
        sum(order_count) as order_count,
        sum(revenue_amount) as revenue_amount,
        sum(refund_amount) as refund_amount
    from bookings
    group by month_date
),

waiting as (
    select distinct month_date
    from {{ ref('int_value__customer_months') }}
    where prediction_note = '{{ not_valued_yet() }}'
),

computed as (
    select distinct month_date from {{ ref('int_value__customer_months') }}
),

snapshots as (
    select
        newest.month_date,
        sum(newest.order_count) as order_count,
        sum(newest.revenue_amount) as revenue_amount,
        sum(newest.refund_amount) as refund_amount
    from {{ newest_snapshots() }} as newest
    inner join computed
        on newest.month_date = computed.month_date
    group by newest.month_date
)

select
    snapshots.*,
    expected.order_count as expected_order_count,
    expected.revenue_amount as expected_revenue_amount,
    expected.refund_amount as expected_refund_amount
from snapshots
left join expected on snapshots.month_date = expected.month_date
left join waiting on snapshots.month_date = waiting.month_date
where waiting.month_date is null
    and (
        snapshots.order_count <> coalesce(expected.order_count, 0)
        or snapshots.revenue_amount <> coalesce(expected.revenue_amount, 0)
        or snapshots.refund_amount <> coalesce(expected.refund_amount, 0)
    )
