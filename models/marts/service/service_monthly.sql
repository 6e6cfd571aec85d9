-- How service went for the cases of a month: each measure, as a whole and cut by one dimension at a time.
with sums as (
    select * from {{ ref('int_service__month_sums') }}
),

described as (
    select
        sums.*,
        md5(concat_ws(
            ':', cast(sums.month_date as string), sums.measure, sums.dimension, sums.dimension_value
        )) as service_monthly_id,
        hidden.suppression_reason
    from sums
    left join {{ hidden_parts(
        'sums', ['month_date', 'measure'], 'ticket_count', 'customer_count', 'customers'
    ) }} as hidden
        on sums.month_date = hidden.month_date
        and sums.measure = hidden.measure
        and sums.dimension = hidden.dimension
        and sums.dimension_value = hidden.dimension_value
),

-- What is hidden is not reckoned with: none of its figures can be shown by mistake.
shown as (
    select *, cast(met_ticket_count as double) as met_sum
    from described
    where suppression_reason is null
),

judged as (
    select
        service_monthly_id,
        met_sum / judged_ticket_count as met_share,
        {{ adjusted_bound('lower', 'met_sum', 'met_sum', 'judged_ticket_count', 0, 1) }} as lower_95,
        {{ adjusted_bound('upper', 'met_sum', 'met_sum', 'judged_ticket_count', 0, 1) }} as upper_95
    from shown
    where judged_ticket_count > 0
)

select
    described.service_monthly_id,
    described.month_date,
    described.measure,
    described.dimension,
    described.dimension_value,
    described.ticket_count,
    described.customer_count,
    described.ended_ticket_count,
    described.suppression_reason is not null as is_suppressed,
    described.suppression_reason,
    cast(shown.median_calendar_seconds / 60 as decimal(18, 6)) as median_minutes,
    cast(shown.p90_calendar_seconds / 60 as decimal(18, 6)) as p90_minutes,
    cast(shown.median_business_seconds / 60 as decimal(18, 6)) as median_business_minutes,
    cast(shown.p90_business_seconds / 60 as decimal(18, 6)) as p90_business_minutes,
    shown.judged_ticket_count,
    shown.met_ticket_count,
    cast(judged.met_share as decimal(18, 6)) as met_share,
    cast(judged.lower_95 as decimal(18, 6)) as lower_95,
    cast(judged.upper_95 as decimal(18, 6)) as upper_95
from described
left join shown on described.service_monthly_id = shown.service_monthly_id
left join judged on described.service_monthly_id = judged.service_monthly_id
