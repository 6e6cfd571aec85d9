-- Does value move with what happens in customers' lives? Residual value at the last month-end before an event and some
-- months after it, less what it did meanwhile for customers alike (same month, source and decile of value) without any
-- life event in between or just before. And purchases, which move at once: those made from the month after the event
-- on, as a share of what customers alike made. An association in matched groups, not an experiment.
with snapshots as (
    select
        *,
        sum(order_count) over (
            partition by customer_id
            order by month_date
            rows between 2 following and {{ var('life_event_months_after') }} following
        ) as purchases_after
    from {{ newest_snapshots() }} as newest
),

events as (
    select distinct
        customer_id,
        life_event_type,
        cast(date_trunc('month', business_date) as timestamp) as event_month_at
    from {{ ref('life_events') }}
    where customer_id is not null and business_date <= {{ as_of_date() }}
),

valued as (
    {% for basis, value in [('margin', 'residual_clv_amount'), ('revenue', 'residual_revenue_amount')] -%}
    select
        '{{ basis }}' as value_basis,
        customer_id,
        source_system,
        month_date,
        month_end_at,
        {{ value }} as value,
        purchases_after,
        -- Customers of one value are in one decile.
        floor(
            10e0 * (rank() over (partition by month_date, source_system order by {{ value }}) - 1)
            / count(*) over (partition by month_date, source_system)
        ) as decile
    from snapshots
    where {{ value }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

changes as (
    select
        before.value_basis,
        before.customer_id,
        before.source_system,
        before.month_end_at,
        before.decile,
        before.value as value_before,
        later.value as value_after,
        cast(coalesce(before.purchases_after, 0) as bigint) as purchases_after
    from valued as before
    inner join valued as later
        on before.value_basis = later.value_basis
        and before.customer_id = later.customer_id
        and later.month_end_at = before.month_end_at + interval {{ var('life_event_months_after') }} month
),

-- Whoever had an event from half a year before the first valuation to the second cannot stand for those without.
touched as (
    select distinct changes.customer_id, changes.month_end_at
    from changes
    inner join events
        on changes.customer_id = events.customer_id
        and events.event_month_at >= changes.month_end_at - interval 6 month
        and events.event_month_at < changes.month_end_at + interval {{ var('life_event_months_after') }} month
),

controls as (
    select
        changes.value_basis,
        changes.source_system,
        changes.month_end_at,
        changes.decile,
        cast(sum(changes.value_after - changes.value_before) as double) / count(*) as mean_change,
        cast(sum(changes.purchases_after) as double) / count(*) as mean_purchases
    from changes
    left join touched
        on changes.customer_id = touched.customer_id and changes.month_end_at = touched.month_end_at
    where touched.customer_id is null
    group by changes.value_basis, changes.source_system, changes.month_end_at, changes.decile
),

-- A month-end is the start of the month the event lies in.
treated as (
    select
        events.life_event_type,
        changes.value_basis,
        changes.value_before,
        changes.value_after,
        cast(controls.mean_change as decimal(28, 4)) as matched_change,
        changes.value_after - changes.value_before - cast(controls.mean_change as decimal(28, 4)) as difference,
        changes.purchases_after,
        cast(controls.mean_purchases as decimal(18, 8)) as matched_purchases
    from events
    inner join changes
        on events.customer_id = changes.customer_id and events.event_month_at = changes.month_end_at
    left join controls
        on changes.value_basis = controls.value_basis
        and changes.source_system = controls.source_system
        and changes.month_end_at = controls.month_end_at
        and changes.decile = controls.decile
),

sums as (
    select
        life_event_type,
        value_basis,
        count(*) as event_count,
        count(difference) as matched_count,
        cast(sum(case when difference is not null then value_before end) as double) as value_before,
        cast(sum(case when difference is not null then value_after end) as double) as value_after,
        cast(sum(matched_change) as double) as matched_change,
        cast(sum(difference) as double) as difference,
        cast(sum(cast(difference as decimal(19, 2)) * cast(difference as decimal(19, 2))) as double) as square_sum,
        cast(sum(case when difference is not null then purchases_after end) as double) as purchases,
        cast(sum(matched_purchases) as double) as matched_purchases,
        cast(sum(case when difference is not null then purchases_after * purchases_after end) as double)
            as purchase_square_sum,
        cast(sum(purchases_after * matched_purchases) as double) as purchase_product_sum,
        cast(sum(matched_purchases * matched_purchases) as double) as matched_square_sum
    from treated
    group by life_event_type, value_basis
),

means as (
    select
        life_event_type,
        value_basis,
        event_count,
        matched_count,
        {{ too_few('matched_count') }} as is_suppressed,
        value_before / nullif(matched_count, 0) as value_before,
        value_after / nullif(matched_count, 0) as value_after,
        matched_change / nullif(matched_count, 0) as matched_change,
        difference / nullif(matched_count, 0) as difference,
        sqrt(
            greatest(square_sum - difference * difference / nullif(matched_count, 0), 0)
            / nullif(matched_count - 1, 0) / nullif(matched_count, 0)
        ) as standard_error,
        purchases / nullif(matched_count, 0) as purchases_after,
        matched_purchases / nullif(matched_count, 0) as matched_purchases_after,
        purchases / nullif(matched_purchases, 0) as purchase_ratio,
        -- Of the logarithm of a ratio of sums over customers.
        sqrt(
            greatest(
                purchase_square_sum
                - 2 * purchases / nullif(matched_purchases, 0) * purchase_product_sum
                + purchases / nullif(matched_purchases, 0) * purchases / nullif(matched_purchases, 0)
                * matched_square_sum, 0
            ) * matched_count / nullif(matched_count - 1, 0)
        ) / nullif(purchases, 0) as log_error
    from sums
)

select
    life_event_type || ':' || value_basis as life_event_value_id,
    life_event_type,
    value_basis,
    cast({{ var('life_event_months_after') }} as bigint) as months_after,
    cast(event_count as bigint) as event_count,
    cast(matched_count as bigint) as matched_count,
    is_suppressed,
    cast(case when not is_suppressed then value_before end as decimal(28, 4)) as value_before_amount,
    cast(case when not is_suppressed then value_after end as decimal(28, 4)) as value_after_amount,
    cast(case when not is_suppressed then value_after - value_before end as decimal(28, 4)) as change_amount,
    cast(case when not is_suppressed then matched_change end as decimal(28, 4)) as matched_change_amount,
    cast(case when not is_suppressed then difference end as decimal(28, 4)) as difference_amount,
    cast(case when not is_suppressed then difference - {{ half_width_95('standard_error') }} end as decimal(28, 4))
        as difference_lower_95_amount,
    cast(case when not is_suppressed then difference + {{ half_width_95('standard_error') }} end as decimal(28, 4))
        as difference_upper_95_amount,
    cast(case when not is_suppressed then purchases_after end as decimal(18, 6)) as purchases_after,
    cast(case when not is_suppressed then matched_purchases_after end as decimal(18, 6)) as matched_purchases_after,
    cast(case when not is_suppressed then purchase_ratio end as decimal(18, 6)) as purchase_ratio,
    cast(case when not is_suppressed then purchase_ratio * exp(-{{ half_width_95('log_error') }}) end as decimal(18, 6))
        as purchase_ratio_lower_95,
    cast(case when not is_suppressed then purchase_ratio * exp({{ half_width_95('log_error') }}) end as decimal(18, 6))
        as purchase_ratio_upper_95
from means
