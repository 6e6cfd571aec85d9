-- How busy each month of a source was: the purchases its customers made after their first. Seasonality is estimated
-- from these counts. Months without any stand there with 0, so that none is left out between others.
with purchase_days as (
    select
        purchase_days.customer_id,
        segments.source_system,
        cast(date_trunc('month', purchase_days.purchase_date) as date) as month_date,
        row_number() over (
            partition by purchase_days.customer_id order by purchase_days.purchase_date
        ) > 1 as is_repeat
    from {{ ref('int_value__purchase_days') }} as purchase_days
    inner join {{ ref('int_value__customer_segments') }} as segments
        on purchase_days.customer_id = segments.customer_id
),

observed as (
    select source_system, min(month_date) as first_month_date, max(month_date) as last_month_date
    from purchase_days
    group by source_system
),

months as (
    select source_system, {{ each_month('first_month_date', 'last_month_date') }} as month_date
    from observed
)

select
    months.source_system,
    months.month_date,
    cast(count(case when purchase_days.is_repeat then 1 end) as bigint) as repeat_purchase_count
from months
left join purchase_days
    on months.source_system = purchase_days.source_system and months.month_date = purchase_days.month_date
group by months.source_system, months.month_date
