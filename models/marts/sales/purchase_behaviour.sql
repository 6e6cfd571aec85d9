-- How each customer buys: how often, how much at once, of what, at which price, and what comes back; and the class that
-- recency, frequency and monetary value put them in.
with orders as (
    select * from {{ ref('orders') }}
    where {{ counts_as_purchase() }}
),

purchase_days as (
    select * from {{ ref('int_value__purchase_days') }}
),

segments as (
    select * from {{ ref('int_value__customer_segments') }}
),

lines as (
    select
        orders.customer_id,
        order_lines.order_id,
        order_lines.source_system,
        order_lines.product_id,
        order_lines.product_type,
        order_lines.quantity,
        order_lines.amount,
        products.category,
        -- What was taken off in the line's own price, or is a line of its own.
        case
            when order_lines.product_type = 'discount' then -order_lines.amount
            else {{ in_base_currency('order_lines.original_discount_amount', 'order_lines.currency') }}
        end as discount_amount
    from orders
    inner join {{ ref('order_lines') }} as order_lines on orders.order_id = order_lines.order_id
    left join {{ ref('products') }} as products on order_lines.product_id = products.product_id
    {{ exchange_rate_join('order_lines') }}
    where order_lines.counts_as = 'revenue'
),

-- A source that never tells of a discount does not say that there was none.
telling_sources as (
    select distinct source_system
    from lines
    where discount_amount is not null
),

baskets as (
    select
        lines.customer_id,
        lines.order_id,
        sum(case when lines.product_type = 'product' then lines.quantity else 0 end) as unit_count,
        count(distinct case when lines.product_type = 'product' then lines.product_id end) as product_count,
        max(case when telling_sources.source_system is not null then 1 else 0 end) as is_price_told,
        sum(case when telling_sources.source_system is not null then coalesce(lines.discount_amount, 0) end)
            as discount_amount,
        sum(case when telling_sources.source_system is not null then lines.amount end) as told_goods_amount
    from lines
    left join telling_sources on lines.source_system = telling_sources.source_system
    group by lines.customer_id, lines.order_id
),

basket_sums as (
    select
        customer_id,
        count(*) as basket_count,
        sum(unit_count) as unit_count,
        sum(product_count) as product_count,
        sum(is_price_told) as told_order_count,
        sum(case when discount_amount > 0 then 1 else 0 end) as discounted_order_count,
        sum(discount_amount) as discount_amount,
        sum(told_goods_amount) as told_goods_amount
    from baskets
    group by customer_id
),

category_sums as (
    select customer_id, category, sum(amount) as amount
    from lines
    where product_type = 'product' and category is not null
    group by customer_id, category
),

categories as (
    select
        customer_id,
        count(*) as category_count,
        max(case when place = 1 then category end) as main_category,
        max(case when place = 1 then amount end) as main_category_amount,
        sum(amount) as amount
    from (
        select
            *,
            row_number() over (partition by customer_id order by amount desc, category asc) as place
        from category_sums
    ) as ranked
    group by customer_id
),

gaps as (
    select
        customer_id,
        {{ days_between(
            'lag(purchase_date) over (partition by customer_id order by purchase_date)', 'purchase_date'
        ) }} as gap_days
    from purchase_days
),

rhythms as (
    select
        customer_id,
        percentile_cont(0.5) within group (order by gap_days) as median_days_between_purchases,
        percentile_cont(0.8) within group (order by gap_days) as percentile_80_days_between_purchases
    from gaps
    where gap_days is not null
    group by customer_id
),

refunds as (
    select customer_id, sum(amount) as refund_amount
    from {{ ref('int_value__netted_refunds') }}
    where purchase_date is not null
    group by customer_id
),

as_of as (
    select
        as_of_date,
        cast({{ add_days('cast(as_of_date as timestamp)', 1) }} - interval 12 month as date) as year_from_date
    from {{ ref('int_clock__as_of') }}
),

histories as (
    select
        purchase_days.customer_id,
        count(*) as purchase_day_count,
        sum(purchase_days.order_count) as order_count,
        sum(case when purchase_days.purchase_date >= as_of.year_from_date then purchase_days.order_count else 0 end)
            as order_count_12_months,
        min(purchase_days.purchase_date) as first_purchase_date,
        max(purchase_days.purchase_date) as last_purchase_date,
        {{ days_between('max(purchase_days.purchase_date)', 'max(as_of.as_of_date)') }} as days_since_last_purchase,
        sum(purchase_days.goods_amount) as goods_amount
    from purchase_days
    cross join as_of
    group by purchase_days.customer_id
),

joined as (
    select
        histories.*,
        segments.source_system,
        basket_sums.basket_count,
        basket_sums.unit_count,
        basket_sums.product_count,
        basket_sums.told_order_count,
        basket_sums.discounted_order_count,
        basket_sums.discount_amount,
        basket_sums.told_goods_amount,
        coalesce(categories.category_count, 0) as category_count,
        categories.main_category,
        categories.main_category_amount,
        categories.amount as category_amount,
        rhythms.median_days_between_purchases,
        rhythms.percentile_80_days_between_purchases,
        coalesce(refunds.refund_amount, 0) as refund_amount
    from histories
    inner join segments on histories.customer_id = segments.customer_id
    left join basket_sums on histories.customer_id = basket_sums.customer_id
    left join categories on histories.customer_id = categories.customer_id
    left join rhythms on histories.customer_id = rhythms.customer_id
    left join refunds on histories.customer_id = refunds.customer_id
),

scored as (
    select
        *,
        {{ quintile_score('days_since_last_purchase desc') }} as recency_score,
        {{ quintile_score('purchase_day_count asc') }} as frequency_score,
        {{ quintile_score('goods_amount - refund_amount asc') }} as monetary_score
    from joined
)

select
    scored.customer_id,
    scored.source_system,
    cast(scored.order_count as bigint) as order_count,
    cast(scored.purchase_day_count as bigint) as purchase_day_count,
    cast(scored.order_count_12_months as bigint) as order_count_12_months,
    scored.first_purchase_date,
    scored.last_purchase_date,
    scored.days_since_last_purchase,
    cast(scored.median_days_between_purchases as decimal(18, 4)) as median_days_between_purchases,
    cast(scored.percentile_80_days_between_purchases as decimal(18, 4)) as percentile_80_days_between_purchases,
    cast(scored.goods_amount as decimal(28, 4)) as goods_amount,
    {{ quotient('scored.goods_amount', 'scored.order_count') }} as average_order_amount,
    cast(cast(scored.unit_count as double) / scored.basket_count as decimal(18, 4)) as units_per_order,
    cast(cast(scored.product_count as double) / scored.basket_count as decimal(18, 4)) as products_per_order,
    cast(scored.category_count as bigint) as category_count,
    scored.main_category,
    cast(
        cast(scored.main_category_amount as double) / nullif(cast(scored.category_amount as double), 0)
        as decimal(18, 6)
    ) as main_category_share,
    cast(
        cast(scored.discounted_order_count as double) / nullif(scored.told_order_count, 0) as decimal(18, 6)
    ) as discounted_order_share,
    cast(
        cast(scored.discount_amount as double)
        / nullif(cast(scored.told_goods_amount + scored.discount_amount as double), 0) as decimal(18, 6)
    ) as discount_share,
    cast(scored.refund_amount as decimal(28, 4)) as refund_amount,
    cast(
        cast(scored.refund_amount as double) / nullif(cast(scored.goods_amount as double), 0) as decimal(18, 6)
    ) as refund_share,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score,
    classes.rfm_class
from scored
left join {{ ref('rfm_classes') }} as classes
    on scored.recency_score between classes.recency_score_from and classes.recency_score_to
    and scored.frequency_score between classes.frequency_score_from and classes.frequency_score_to
    and scored.monetary_score between classes.monetary_score_from and classes.monetary_score_to
