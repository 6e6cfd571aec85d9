-- When prices of a category changed, by how much, and whether those who like it best buy less often since. Price: what
-- a unit of one product cost in the months after, over the months before. Purchases: of customers who until then had
-- spent most on the category, after over before, against the same of all others of the source, who share season and
-- leaving. An association: others may have bought less for reasons of their own.
with lines as (
    select
        order_lines.customer_id,
        order_lines.source_system,
        order_lines.product_id,
        products.category,
        order_lines.currency,
        order_lines.quantity,
        order_lines.original_amount,
        order_lines.amount,
        cast(date_trunc('month', orders.business_date) as date) as month_date
    from {{ ref('order_lines') }} as order_lines
    inner join {{ ref('orders') }} as orders on order_lines.order_id = orders.order_id
    inner join {{ ref('products') }} as products on order_lines.product_id = products.product_id
    where orders.is_purchase
        and orders.business_date <= {{ as_of_date() }}
        and products.category is not null
        and order_lines.counts_as = 'revenue'
        and order_lines.quantity > 0
        and order_lines.original_amount > 0
),

observed as (
    select source_system, min(month_date) as first_month_date, max(month_date) as last_month_date
    from lines
    group by source_system
),

-- Months with enough of them on either side; the month of the as-of moment may not have ended.
months as (
    select
        source_system,
        month_date,
        cast(month_date as timestamp) as month_at
    from (
        select
            source_system,
            first_month_date,
            last_month_date,
            {{ each_month('first_month_date', 'last_month_date') }} as month_date
        from observed
    ) as every_month
    where cast(month_date as timestamp)
        >= cast(first_month_date as timestamp) + interval {{ var('price_change_months') }} month
        and cast(month_date as timestamp)
        <= cast(last_month_date as timestamp) - interval {{ var('price_change_months') }} month
),

sold as (
    select
        source_system,
        category,
        product_id,
        currency,
        month_date,
        sum(original_amount) as original_amount,
        sum(quantity) as quantity
    from lines
    group by source_system, category, product_id, currency, month_date
),

around as (
    select
        months.source_system,
        months.month_date,
        sold.category,
        sold.product_id,
        sold.currency,
        cast(sum(case when sold.month_date < months.month_date then sold.original_amount end) as double)
        / cast(sum(case when sold.month_date < months.month_date then sold.quantity end) as double) as price_before,
        cast(sum(case when sold.month_date >= months.month_date then sold.original_amount end) as double)
        / cast(sum(case when sold.month_date >= months.month_date then sold.quantity end) as double) as price_after
    from months
    inner join sold
        on months.source_system = sold.source_system
        and cast(sold.month_date as timestamp)
        >= months.month_at - interval {{ var('price_change_months') }} month
        and cast(sold.month_date as timestamp)
        < months.month_at + interval {{ var('price_change_months') }} month
    group by months.source_system, months.month_date, sold.category, sold.product_id, sold.currency
),

-- The logarithm in whole millionths: sums of it are the same on every engine.
products_around as (
    select
        source_system,
        category,
        month_date,
        cast(round(ln(price_after / price_before), 6) as decimal(18, 6)) as log_ratio
    from around
    where price_before is not null and price_after is not null
),

ratios as (
    select
        source_system,
        category,
        month_date,
        count(*) as product_count,
        cast(sum(log_ratio) as double) / count(*) as mean_log,
        sqrt(
            greatest(
                cast(sum(log_ratio * log_ratio) as double)
                - cast(sum(log_ratio) as double) * cast(sum(log_ratio) as double) / count(*), 0
            ) / nullif(count(*) - 1, 0) / count(*)
        ) as log_error
    from products_around
    group by source_system, category, month_date
),

-- A change is seen from the months around it, too, only less of it: the month in which most is seen is the one.
changes as (
    select *
    from (
        select
            *,
            max(abs(mean_log)) over (
                partition by source_system, category
                order by month_date
                rows between {{ var('price_change_months') }} preceding
                and {{ var('price_change_months') }} following
            ) as largest_nearby
        from ratios
    ) as compared
    where abs(mean_log) = largest_nearby
        and abs(mean_log) - {{ half_width_95('log_error') }} >= ln(1 + {{ var('price_change_at_least') }})
),

spends as (
    select
        changes.source_system,
        changes.month_date,
        lines.customer_id,
        lines.category,
        sum(lines.amount) as amount
    from (select distinct source_system, month_date from changes) as changes
    inner join lines
        on changes.source_system = lines.source_system and changes.month_date > lines.month_date
    where lines.customer_id is not null
    group by changes.source_system, changes.month_date, lines.customer_id, lines.category
),

favourites as (
    select source_system, month_date, customer_id, category
    from (
        select
            *,
            row_number() over (
                partition by source_system, month_date, customer_id order by amount desc, category asc
            ) as place
        from spends
    ) as ranked
    where place = 1
),

purchases as (
    select
        favourites.source_system,
        favourites.month_date,
        favourites.customer_id,
        favourites.category,
        count(case when purchase_days.purchase_date < favourites.month_date then 1 end) as made_before,
        count(case when purchase_days.purchase_date >= favourites.month_date then 1 end) as made_after
    from favourites
    left join {{ ref('int_value__purchase_days') }} as purchase_days
        on favourites.customer_id = purchase_days.customer_id
        and cast(purchase_days.purchase_date as timestamp)
        >= cast(favourites.month_date as timestamp) - interval {{ var('price_effect_months') }} month
        and cast(purchase_days.purchase_date as timestamp)
        < cast(favourites.month_date as timestamp) + interval {{ var('price_effect_months') }} month
    group by favourites.source_system, favourites.month_date, favourites.customer_id, favourites.category
),

groups as (
    select
        changes.source_system,
        changes.category,
        changes.month_date,
        changes.category = purchases.category as is_of_category,
        count(*) as customer_count,
        cast(sum(purchases.made_before) as double) as made_before,
        cast(sum(purchases.made_after) as double) as made_after,
        cast(sum(purchases.made_before * purchases.made_before) as double) as before_squares,
        cast(sum(purchases.made_before * purchases.made_after) as double) as products,
        cast(sum(purchases.made_after * purchases.made_after) as double) as after_squares
    from changes
    inner join purchases
        on changes.source_system = purchases.source_system and changes.month_date = purchases.month_date
    group by
        changes.source_system, changes.category, changes.month_date, changes.category = purchases.category
),

-- Variance of the logarithm of a ratio of sums over customers.
group_changes as (
    select
        *,
        made_after / nullif(made_before, 0) as change,
        greatest(
            after_squares / nullif(made_after, 0) / nullif(made_after, 0)
            - 2 * products / nullif(made_after, 0) / nullif(made_before, 0)
            + before_squares / nullif(made_before, 0) / nullif(made_before, 0), 0
        ) as log_variance
    from groups
),

compared as (
    select
        changes.source_system,
        changes.category,
        changes.month_date,
        changes.product_count,
        changes.mean_log,
        changes.log_error,
        coalesce(own.customer_count, 0) as customer_count,
        coalesce(others.customer_count, 0) as other_customer_count,
        {{ too_few('coalesce(own.customer_count, 0)') }}
        or {{ too_few('coalesce(others.customer_count, 0)') }} as is_suppressed,
        own.change as purchase_change,
        others.change as other_purchase_change,
        own.change / nullif(others.change, 0) as purchase_ratio,
        {{ half_width_95('sqrt(own.log_variance + others.log_variance)') }} as log_half_width
    from changes
    left join group_changes as own
        on changes.source_system = own.source_system
        and changes.category = own.category
        and changes.month_date = own.month_date
        and own.is_of_category
    left join group_changes as others
        on changes.source_system = others.source_system
        and changes.category = others.category
        and changes.month_date = others.month_date
        and not others.is_of_category
)

select
    md5(concat_ws(':', source_system, category, cast(month_date as string))) as price_change_id,
    source_system,
    category,
    month_date,
    cast(product_count as bigint) as product_count,
    cast(exp(mean_log) as decimal(28, 6)) as price_ratio,
    cast(exp(mean_log - {{ half_width_95('log_error') }}) as decimal(28, 6)) as price_ratio_lower_95,
    cast(exp(mean_log + {{ half_width_95('log_error') }}) as decimal(28, 6)) as price_ratio_upper_95,
    cast(customer_count as bigint) as customer_count,
    cast(other_customer_count as bigint) as other_customer_count,
    is_suppressed,
    cast(case when not is_suppressed then purchase_change end as decimal(18, 6)) as purchase_change,
    cast(case when not is_suppressed then other_purchase_change end as decimal(18, 6)) as other_purchase_change,
    cast(case when not is_suppressed then purchase_ratio end as decimal(18, 6)) as purchase_ratio,
    cast(case when not is_suppressed then purchase_ratio * exp(-log_half_width) end as decimal(18, 6))
        as purchase_ratio_lower_95,
    cast(case when not is_suppressed then purchase_ratio * exp(log_half_width) end as decimal(18, 6))
        as purchase_ratio_upper_95
from compared
