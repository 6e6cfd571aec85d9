-- Which attributes go with value, as it stands now, one at a time. Customers who have an attribute's level are compared
-- with the others of whom the attribute is known, among customers alike: those with as many orders, who have been
-- customers as long. Strata that hold two of either have a difference of means; their mean counts each by
-- n1 n0 / (n1 + n0), as a regression with a constant a stratum would (overlap weights: Li, Morgan, Zaslavsky 2018). Of
-- many levels some differ by chance: p-values are adjusted for their number (Benjamini, Hochberg 1995).
with value as (
    select * from {{ ref('customer_value') }}
),

dimensions as (
    select * from {{ ref('customer_dimensions') }}
),

first_orders as (
    select segments.customer_id, orders.channel, orders.promised_delivery_at, orders.delivered_at
    from {{ ref('int_value__customer_segments') }} as segments
    inner join {{ ref('orders') }} as orders on segments.first_order_id = orders.order_id
),

described as (
    select
        value.customer_id,
        value.residual_clv_amount,
        value.residual_revenue_amount,
        {{ band_of('greatest(value.order_count, 1)', var('value_driver_order_band')) }} as order_band,
        {{ band_of('value.tenure_months', var('value_driver_tenure_band')) }} as tenure_band,
        first_orders.channel as first_order_channel,
        {{ punctuality('first_orders.promised_delivery_at', 'first_orders.delivered_at', 'first_orders.delivered_at') }}
            as first_delivery,
        case when value.refund_count > 0 then 'yes' else 'no' end as refunded
    from value
    left join first_orders on value.customer_id = first_orders.customer_id
),

attributes as (
    select customer_id, attribute, attribute_value
    from dimensions
    union all
    select
        described.customer_id,
        named.attribute,
        case named.attribute
            when 'first_order_channel' then described.first_order_channel
            when 'first_delivery' then described.first_delivery
            when 'refunded' then described.refunded
        end as attribute_value
    from described
    cross join (values ('first_order_channel'), ('first_delivery'), ('refunded')) as named (attribute)
),

valued as (
    select
        described.customer_id,
        described.order_band,
        described.tenure_band,
        basis.value_basis,
        cast(
            case basis.value_basis
                when 'margin' then described.residual_clv_amount
                when 'revenue' then described.residual_revenue_amount
            end as decimal(28, 4)
        ) as value
    from described
    cross join (values ('margin'), ('revenue')) as basis (value_basis)
),

levels as (
    select
        attributes.attribute,
        attributes.attribute_value,
        valued.value_basis,
        valued.order_band,
        valued.tenure_band,
        valued.value
    from valued
    inner join attributes on valued.customer_id = attributes.customer_id
    where attributes.attribute_value is not null and valued.value is not null
),

sums as (
    select
        attribute,
        attribute_value,
        value_basis,
        order_band,
        tenure_band,
        count(*) as customer_count,
        sum(value) as value_sum,
        sum(cast(value as decimal(19, 2)) * cast(value as decimal(19, 2))) as square_sum
    from levels
    group by attribute, attribute_value, value_basis, order_band, tenure_band
),

-- The others of the stratum, whatever their level.
against_others as (
    select
        {%- for measure in ['customer_count', 'value_sum', 'square_sum'] %}
        sum({{ measure }}) over (partition by attribute, value_basis, order_band, tenure_band) - {{ measure }}
            as other_{{ measure }},
        {%- endfor %}
        *
    from sums
),

-- One customer's value tells nothing of how values scatter.
compared as (
    select
        {%- for side in ['', 'other_'] %}
        cast({{ side }}value_sum as double) / nullif({{ side }}customer_count, 0) as {{ side }}mean_value,
        greatest(
            cast({{ side }}square_sum as double)
            - cast({{ side }}value_sum as double) * cast({{ side }}value_sum as double)
            / nullif({{ side }}customer_count, 0), 0
        ) / nullif({{ side }}customer_count - 1, 0) / nullif({{ side }}customer_count, 0) as {{ side }}variance_of_mean,
        {%- endfor %}
        customer_count >= 2 and other_customer_count >= 2 as is_compared,
        cast(customer_count as double) * other_customer_count / (customer_count + other_customer_count) as weight,
        *
    from against_others
),

weighed as (
    select
        *,
        weight / nullif(
            cast(
                sum(case when is_compared then cast(weight as decimal(28, 8)) end) over (
                    partition by attribute, attribute_value, value_basis
                ) as double
            ), 0
        ) as weight_share
    from compared
),

-- Sums of decimals are exact, so that two runs agree to the last digit.
totals as (
    select
        attribute,
        attribute_value,
        value_basis,
        sum(customer_count) as customer_count,
        sum(value_sum) as value_sum,
        coalesce(sum(case when is_compared then customer_count end), 0) as compared_customer_count,
        coalesce(sum(case when is_compared then other_customer_count end), 0) as compared_other_customer_count,
        sum(
            case when is_compared then cast(weight_share * (mean_value - other_mean_value) as decimal(28, 8)) end
        ) as weighted_difference,
        sum(
            case
                when is_compared
                    then cast(
                            weight_share * weight_share * (variance_of_mean + other_variance_of_mean) as decimal(38, 8)
                        )
            end
        ) as weighted_variance
    from weighed
    group by attribute, attribute_value, value_basis
),

against_all_others as (
    select
        *,
        sum(customer_count) over (partition by attribute, value_basis) - customer_count as other_customer_count,
        sum(value_sum) over (partition by attribute, value_basis) - value_sum as other_value_sum,
        sum(case when {{ too_few('customer_count') }} then customer_count else 0 end) over (
            partition by attribute, value_basis
        ) as few_count,
        row_number() over (
            partition by attribute, value_basis, {{ too_few('customer_count') }}
            order by customer_count asc, attribute_value asc
        ) as place
    from totals
),

-- Beside the mean of all others, levels that are too few even together would be what is missing to it: the smallest of
-- the rest is not shown either.
means as (
    select
        *,
        {{ too_few('customer_count') }} or {{ too_few('other_customer_count') }}
        or (few_count > 0 and {{ too_few('few_count') }} and place = 1) as is_suppressed,
        cast(value_sum as double) / customer_count as mean_value,
        cast(other_value_sum as double) / nullif(other_customer_count, 0) as other_mean_value
    from against_all_others
),

validated as (
    select
        *,
        is_suppressed or {{ too_few('compared_customer_count') }} or {{ too_few('compared_other_customer_count') }}
            as is_hidden
    from means
),

estimates as (
    select
        *,
        case when not is_hidden then cast(weighted_difference as double) end as difference,
        case when not is_hidden then sqrt(cast(weighted_variance as double)) end as standard_error
    from validated
),

tested as (
    select
        *,
        {{ two_sided_p_value('(difference / nullif(standard_error, 0))') }} as p_value
    from estimates
),

adjusted as (
    select * from {{ with_adjusted_p_values('tested', ['value_basis'], ['attribute', 'attribute_value']) }} as tested
)

select
    md5(attribute || ':' || attribute_value || ':' || value_basis) as value_driver_id,
    attribute,
    attribute_value,
    value_basis,
    cast(customer_count as bigint) as customer_count,
    cast(other_customer_count as bigint) as other_customer_count,
    cast(compared_customer_count as bigint) as compared_customer_count,
    cast(compared_other_customer_count as bigint) as compared_other_customer_count,
    is_suppressed,
    cast(case when not is_suppressed then mean_value end as decimal(28, 4)) as mean_value_amount,
    cast(case when not is_suppressed then other_mean_value end as decimal(28, 4)) as other_mean_value_amount,
    cast(case when not is_suppressed then mean_value - other_mean_value end as decimal(28, 4))
        as unadjusted_difference_amount,
    cast(difference as decimal(28, 4)) as adjusted_difference_amount,
    cast(standard_error as decimal(28, 4)) as adjusted_difference_standard_error_amount,
    cast(difference - {{ half_width_95('standard_error') }} as decimal(28, 4)) as adjusted_difference_lower_95_amount,
    cast(difference + {{ half_width_95('standard_error') }} as decimal(28, 4)) as adjusted_difference_upper_95_amount,
    cast(p_value as decimal(18, 6)) as p_value,
    cast(adjusted_p_value as decimal(18, 6)) as adjusted_p_value,
    adjusted_p_value <= {{ var('value_driver_false_discovery_rate') }} as is_beyond_chance
from adjusted
