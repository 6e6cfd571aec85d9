-- What each month's new customers of a channel have cost, brought in and are still worth, month by month since then.
with segments as (
    select
        customer_id,
        cast(date_trunc('month', first_purchase_at) as date) as cohort_month_date,
        coalesce(acquisition_channel, 'unknown') as acquisition_channel
    from {{ ref('int_value__customer_segments') }}
    where first_purchase_at is not null
),

flows as (
    select * from {{ ref('int_value__month_flows') }}
),

snapshots as (
    select customer_id, month_date, residual_clv_amount
    from {{ newest_snapshots() }} as newest
),

cohorts as (
    select cohort_month_date, acquisition_channel, count(*) as customer_count
    from segments
    group by cohort_month_date, acquisition_channel
),

-- Closed months only: a month that has begun would look worse than it is.
months as (
    select
        cohorts.*,
        clock.as_of_at,
        {{ each_month('cohorts.cohort_month_date', 'cast(clock.as_of_at as date)') }} as month_date
    from cohorts
    cross join {{ ref('int_clock__as_of') }} as clock
),

closed_months as (
    select
        *,
        cast(
            (extract(year from month_date) - extract(year from cohort_month_date)) * 12
            + extract(month from month_date) - extract(month from cohort_month_date) as bigint
        ) as month_number
    from months
    where cast(month_date as timestamp) + interval 1 month <= as_of_at
),

-- What was spent or came in before the first purchase belongs to its month.
flows_by_cohort as (
    select
        segments.cohort_month_date,
        segments.acquisition_channel,
        greatest(flows.month_date, segments.cohort_month_date) as month_date,
        sum(
            flows.acquisition_cost_amount
            + case
                when flows.month_date = segments.cohort_month_date and flows.lifetime_acquisition_cost_amount is null
                    then {{ var('acquisition_cost_per_customer_amount') }}
                else 0
            end
        ) as acquisition_cost_amount,
        sum(flows.goods_amount + flows.freight_amount - flows.refund_amount) as net_revenue_amount,
        sum(flows.contribution_amount - flows.cost_to_serve_amount - flows.retention_cost_amount) as margin_amount,
        sum(case when flows.contribution_amount is null then 1 else 0 end) as unknown_count
    from flows
    inner join segments on flows.customer_id = segments.customer_id
    group by
        segments.cohort_month_date,
        segments.acquisition_channel,
        greatest(flows.month_date, segments.cohort_month_date)
),

residuals as (
    select
        segments.cohort_month_date,
        segments.acquisition_channel,
        snapshots.month_date,
        sum(snapshots.residual_clv_amount) as residual_clv_amount
    from snapshots
    inner join segments on snapshots.customer_id = segments.customer_id
    group by segments.cohort_month_date, segments.acquisition_channel, snapshots.month_date
),

sums as (
    select
        closed_months.cohort_month_date,
        closed_months.acquisition_channel,
        closed_months.month_number,
        closed_months.month_date,
        closed_months.customer_count,
        {%- for measure in ['acquisition_cost_amount', 'net_revenue_amount', 'margin_amount', 'unknown_count'] %}
        sum(coalesce(flows_by_cohort.{{ measure }}, 0)) over (
            partition by closed_months.cohort_month_date, closed_months.acquisition_channel
            order by closed_months.month_date
        ) as {{ measure }},
        {%- endfor %}
        residuals.residual_clv_amount
    from closed_months
    left join flows_by_cohort
        on closed_months.cohort_month_date = flows_by_cohort.cohort_month_date
        and closed_months.acquisition_channel = flows_by_cohort.acquisition_channel
        and closed_months.month_date = flows_by_cohort.month_date
    left join residuals
        on closed_months.cohort_month_date = residuals.cohort_month_date
        and closed_months.acquisition_channel = residuals.acquisition_channel
        and closed_months.month_date = residuals.month_date
),

judged as (
    select
        *,
        case when unknown_count = 0 then margin_amount end as known_margin_amount,
        case when unknown_count = 0 then margin_amount >= acquisition_cost_amount end as is_paid_back
    from sums
)

select
    md5(cast(cohort_month_date as string) || ':' || acquisition_channel || ':' || cast(month_number as string))
        as cohort_value_id,
    cohort_month_date,
    acquisition_channel,
    month_number,
    month_date,
    cast(customer_count as bigint) as customer_count,
    cast(acquisition_cost_amount as decimal(18, 4)) as acquisition_cost_amount,
    cast(net_revenue_amount as decimal(18, 4)) as cumulative_net_revenue_amount,
    cast(known_margin_amount as decimal(18, 4)) as cumulative_margin_amount,
    is_paid_back,
    min(case when is_paid_back then month_number end) over (partition by cohort_month_date, acquisition_channel)
        as payback_month_number,
    cast(residual_clv_amount as decimal(18, 4)) as residual_clv_amount,
    cast(
        cast(known_margin_amount + residual_clv_amount as double)
        / nullif(cast(acquisition_cost_amount as double), 0) as decimal(18, 4)
    ) as clv_to_acquisition_cost
from judged
