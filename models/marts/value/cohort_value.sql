-- What each month's new customers of a channel have cost, brought in and are still worth, month by month since then,
-- and the totals: of each month over all channels, of each channel and of all at the end of the last closed month.
-- Figures of too few customers are not shown, nor what would tell them by subtraction from a total.
with cohort_months as (
    select * from {{ ref('int_value__cohort_months') }}
),

customers as (
    select * from {{ ref('int_value__customer_cohorts') }}
),

hidden as (
    select * from {{ ref('int_value__hidden_cohorts') }}
),

residuals as (
    select
        customers.cohort_month_date,
        customers.acquisition_channel,
        newest.month_date,
        sum(newest.residual_clv_amount) as residual_clv_amount
    from {{ newest_snapshots() }} as newest
    inner join customers on newest.customer_id = customers.customer_id
    where customers.cohort_month_date is not null
    group by customers.cohort_month_date, customers.acquisition_channel, newest.month_date
),

-- Nobody is worth nothing.
valued as (
    select
        cohort_months.*,
        case when cohort_months.customer_count = 0 then 0 else residuals.residual_clv_amount end as residual_clv_amount
    from cohort_months
    left join residuals
        on cohort_months.cohort_month_date = residuals.cohort_month_date
        and cohort_months.acquisition_channel = residuals.acquisition_channel
        and cohort_months.month_date = residuals.month_date
),

sums as (
    select
        cohort_month_date,
        acquisition_channel,
        month_date,
        {%- for measure in ['customer_count', 'acquisition_cost_amount', 'acquisition_cost_without_purchase_amount',
                            'net_revenue_amount', 'margin_after_service_and_retention_amount', 'unknown_count',
                            'residual_clv_amount'] %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        max(month_number) as month_number
    from valued
    group by month_date, cube (cohort_month_date, acquisition_channel)
),

dated as (
    select
        *,
        max(month_date) over () as last_month_date
    from sums
),

-- Month by month, a total over cohort months would tell each new cohort by what it grows.
levels as (
    select
        *,
        case
            when cohort_month_date is not null and acquisition_channel is not null then 'channel and month'
            when cohort_month_date is not null then 'month'
            when acquisition_channel is not null then 'channel'
            else 'all'
        end as cohort_level,
        coalesce(acquisition_channel, 'all') as acquisition_channel_or_all,
        case when cohort_month_date is not null then month_number end as months_since,
        case when unknown_count = 0 then margin_after_service_and_retention_amount end as known_margin_amount,
        case when unknown_count = 0 then margin_after_service_and_retention_amount >= acquisition_cost_amount end
            as is_paid_back
    from dated
    where cohort_month_date is not null or month_date = last_month_date
),

validated as (
    select
        levels.*,
        hidden.acquisition_channel is not null as is_suppressed,
        cast(levels.known_margin_amount + levels.residual_clv_amount as double)
        / nullif(cast(levels.acquisition_cost_amount as double), 0) as clv_to_acquisition_cost,
        min(case when levels.is_paid_back then levels.months_since end) over (
            partition by levels.cohort_month_date, levels.acquisition_channel_or_all
        ) as payback_month_number
    from levels
    left join hidden
        on levels.cohort_month_date is not distinct from hidden.cohort_month_date
        and levels.acquisition_channel_or_all = hidden.acquisition_channel
)

select
    md5(
        cohort_level || ':' || coalesce(cast(cohort_month_date as string), 'all') || ':' || acquisition_channel_or_all
        || ':' || cast(month_date as string)
    ) as cohort_value_id,
    cohort_level,
    cohort_month_date,
    acquisition_channel_or_all as acquisition_channel,
    months_since as month_number,
    month_date,
    cast(customer_count as bigint) as customer_count,
    is_suppressed,
    {%- for column, expression in [
        ('acquisition_cost_amount', 'acquisition_cost_amount'),
        ('acquisition_cost_without_purchase_amount', 'acquisition_cost_without_purchase_amount'),
        ('cumulative_net_revenue_amount', 'net_revenue_amount'),
        ('cumulative_margin_after_service_and_retention_amount', 'known_margin_amount'),
        ('residual_clv_amount', 'residual_clv_amount')
    ] %}
    cast(case when not is_suppressed then {{ expression }} end as decimal(28, 4)) as {{ column }},
    {%- endfor %}
    {%- for column in ['is_paid_back', 'payback_month_number'] %}
    case when not is_suppressed then {{ column }} end as {{ column }},
    {%- endfor %}
    cast(case when not is_suppressed then clv_to_acquisition_cost end as decimal(28, 4)) as clv_to_acquisition_cost
from validated
