-- Which attributes go with value: the mean residual value of customers who have one, against that of the others of whom
-- the attribute is known. One attribute at a time, as it stands now: what goes together need not be the cause.
with value as (
    select * from {{ ref('customer_value') }}
),

customers as (
    select * from {{ ref('customers') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_purchase and customer_id is not null and occurred_at < {{ as_of() }}
),

first_orders as (
    select customer_id, channel, promised_delivery_at, delivered_at
    from (
        select
            *,
            row_number() over (partition by customer_id order by occurred_at asc, order_id asc) as place
        from orders
    ) as ranked
    where place = 1
),

described as (
    select
        value.customer_id,
        value.residual_clv_amount,
        value.residual_revenue_amount,
        customers.acquisition_channel,
        customers.preferred_channel,
        customers.age_band,
        customers.country,
        customers.customer_kind,
        first_orders.channel as first_order_channel,
        case
            when first_orders.promised_delivery_at is null or first_orders.delivered_at is null then null
            when first_orders.delivered_at <= first_orders.promised_delivery_at then 'on time'
            else 'late'
        end as first_delivery,
        case when value.refund_count > 0 then 'yes' else 'no' end as refunded
    from value
    inner join customers on value.customer_id = customers.customer_id
    left join first_orders on value.customer_id = first_orders.customer_id
),

levels as (
    {% for attribute in ['acquisition_channel', 'preferred_channel', 'age_band', 'country', 'customer_kind',
                         'first_order_channel', 'first_delivery', 'refunded'] -%}
    {% for basis, column in [('margin', 'residual_clv_amount'), ('revenue', 'residual_revenue_amount')] -%}
    select
        '{{ attribute }}' as attribute,
        {{ attribute }} as level,
        '{{ basis }}' as value_basis,
        {{ column }} as value
    from described
    where {{ attribute }} is not null and {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

sums as (
    select
        attribute,
        level,
        value_basis,
        count(*) as customer_count,
        sum(value) as value_sum,
        sum(cast(value as decimal(19, 2)) * cast(value as decimal(19, 2))) as square_sum
    from levels
    group by attribute, level, value_basis
),

against_others as (
    select
        *,
        sum(customer_count) over (partition by attribute, value_basis) - customer_count as other_count,
        sum(value_sum) over (partition by attribute, value_basis) - value_sum as other_sum,
        sum(square_sum) over (partition by attribute, value_basis) - square_sum as other_square_sum
    from sums
),

means as (
    select
        attribute,
        level,
        value_basis,
        customer_count,
        other_count,
        {{ too_few('customer_count') }} or {{ too_few('other_count') }} as is_suppressed,
        cast(value_sum as double) / customer_count as mean_value,
        cast(other_sum as double) / nullif(other_count, 0) as other_mean_value,
        1.959964 * sqrt(
            greatest(
                cast(square_sum as double) - cast(value_sum as double) * cast(value_sum as double) / customer_count, 0
            )
            / nullif(customer_count - 1, 0) / customer_count
            + greatest(
                cast(other_square_sum as double)
                - cast(other_sum as double) * cast(other_sum as double) / nullif(other_count, 0), 0
            ) / nullif(other_count - 1, 0) / nullif(other_count, 0)
        ) as half_width
    from against_others
)

select
    md5(attribute || ':' || level || ':' || value_basis) as value_driver_id,
    attribute,
    level,
    value_basis,
    cast(customer_count as bigint) as customer_count,
    cast(other_count as bigint) as other_customer_count,
    is_suppressed,
    cast(case when not is_suppressed then mean_value end as decimal(18, 4)) as mean_value_amount,
    cast(case when not is_suppressed then other_mean_value end as decimal(18, 4)) as other_mean_value_amount,
    cast(case when not is_suppressed then mean_value - other_mean_value end as decimal(18, 4)) as difference_amount,
    cast(case when not is_suppressed then mean_value - other_mean_value - half_width end as decimal(18, 4))
        as difference_lower_95_amount,
    cast(case when not is_suppressed then mean_value - other_mean_value + half_width end as decimal(18, 4))
        as difference_upper_95_amount
from means
