-- Among the parts of a total and the total itself, either none is hidden or two and more; and where the total is shown,
-- those hidden have enough customers together. A cohort of nobody is no part.
with cohorts as (
    select distinct cohort_month_date, acquisition_channel, customer_count, is_suppressed
    from {{ ref('cohort_value') }}
    where customer_count > 0
),

parts as (
    select
        'month' as line,
        coalesce(cast(cohort_month_date as string), 'all') as line_name,
        acquisition_channel = 'all' as is_total,
        customer_count,
        is_suppressed
    from cohorts
    union all
    select 'channel', acquisition_channel, cohort_month_date is null, customer_count, is_suppressed
    from cohorts
)

select
    line,
    line_name,
    count(*) as hidden_count,
    sum(case when not is_total then customer_count else 0 end) as hidden_customer_count
from parts
where is_suppressed
group by line, line_name
having count(*) = 1
    or (
        count(case when is_total then 1 end) = 0
        and {{ too_few('sum(customer_count)') }}
    )
