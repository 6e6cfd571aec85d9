-- The sales pipeline as it stood at each month end: what was open in which stage, what that was worth by what had
-- become of others that got so far, and what has become of it since.
with stays as (
    select
        opportunity_id,
        source_system,
        stage,
        coalesce(category, 'unknown') as category,
        expected_amount,
        opened_date,
        entered_date,
        left_date,
        outcome,
        outcome_amount,
        is_last_stage,
        cast(date_trunc('month', entered_date) as date) as entered_month_date,
        coalesce(
            least(cast(date_trunc('month', left_date) - interval 1 month as date), {{ last_closed_month_date() }}),
            {{ last_closed_month_date() }}
        ) as last_month_date,
        cast(date_trunc('month', outcome_date) as date) as outcome_month_date
    from {{ ref('int_opportunities__stays') }}
),

-- Who leaves a stage within a month is not in it at the month's end.
open_months as (
    select *, {{ each_month('entered_month_date', 'last_month_date') }} as month_date
    from stays
    where entered_month_date <= last_month_date
),

month_ends as (
    select *, cast({{ add_days('cast(month_date as timestamp) + interval 1 month', -1) }} as date) as month_end_date
    from open_months
),

counted as (
    select
        month_date,
        source_system,
        stage,
        category,
        1 as opened,
        case when expected_amount is null then 1 else 0 end as unpriced,
        expected_amount,
        {{ days_between('opened_date', 'month_end_date') }} as age_days,
        {{ days_between('entered_date', 'month_end_date') }} as stage_days,
        case when outcome = 'won' then 1 else 0 end as later_won,
        case when outcome = 'lost' then 1 else 0 end as later_lost,
        case when outcome = 'won' then outcome_amount end as later_won_amount,
        0 as won,
        0 as lost,
        cast(null as decimal(18, 4)) as won_amount
    from month_ends
    union all
    select
        outcome_month_date as month_date,
        source_system,
        stage,
        category,
        0 as opened,
        0 as unpriced,
        cast(null as decimal(18, 4)) as expected_amount,
        0 as age_days,
        0 as stage_days,
        0 as later_won,
        0 as later_lost,
        cast(null as decimal(18, 4)) as later_won_amount,
        case when outcome = 'won' then 1 else 0 end as won,
        case when outcome = 'lost' then 1 else 0 end as lost,
        case when outcome = 'won' then outcome_amount end as won_amount
    from stays
    where is_last_stage and outcome_month_date < {{ open_month_date() }}
),

cells as (
    select
        month_date,
        source_system,
        stage,
        category,
        sum(opened) as open_count,
        sum(unpriced) as unpriced_count,
        sum(expected_amount) as expected_amount,
        sum(age_days) as age_days,
        sum(stage_days) as stage_days,
        sum(later_won) as later_won_count,
        sum(later_lost) as later_lost_count,
        sum(later_won_amount) as later_won_amount,
        sum(won) as won_count,
        sum(lost) as lost_count,
        sum(won_amount) as won_amount
    from counted
    group by month_date, source_system, stage, category
),

decided as (
    select distinct opportunity_id, source_system, stage, outcome, outcome_month_date
    from stays
    where outcome is not null
),

decided_by_month as (
    select
        source_system,
        stage,
        outcome_month_date,
        count(*) as decided_count,
        sum(case when outcome = 'won' then 1 else 0 end) as won_count
    from decided
    group by source_system, stage, outcome_month_date
),

-- A month's rates are of what was decided by its end.
win_rates as (
    select
        months.month_date,
        months.source_system,
        months.stage,
        sum(decided_by_month.decided_count) as decided_count,
        cast(sum(decided_by_month.won_count) as double) / sum(decided_by_month.decided_count) as win_rate
    from (select distinct month_date, source_system, stage from cells) as months
    inner join decided_by_month
        on months.source_system = decided_by_month.source_system
        and months.stage = decided_by_month.stage
        and months.month_date >= decided_by_month.outcome_month_date
    group by months.month_date, months.source_system, months.stage
),

rated as (
    select
        cells.*,
        coalesce(win_rates.decided_count, 0) as decided_count,
        case when not {{ too_few('win_rates.decided_count') }} then win_rates.win_rate end as win_rate
    from cells
    left join win_rates
        on cells.month_date = win_rates.month_date
        and cells.source_system = win_rates.source_system
        and cells.stage = win_rates.stage
)

select
    month_date,
    source_system,
    stage,
    category,
    cast(open_count as bigint) as open_opportunity_count,
    cast(unpriced_count as bigint) as unpriced_opportunity_count,
    cast(expected_amount as decimal(28, 4)) as expected_amount,
    cast(cast(age_days as double) / nullif(open_count, 0) as decimal(18, 4)) as average_age_days,
    cast(cast(stage_days as double) / nullif(open_count, 0) as decimal(18, 4)) as average_stage_days,
    cast(decided_count as bigint) as decided_opportunity_count,
    cast(win_rate as decimal(18, 6)) as win_rate,
    cast(cast(expected_amount as double) * win_rate as decimal(28, 4)) as weighted_amount,
    cast(won_count as bigint) as won_opportunity_count,
    cast(won_amount as decimal(28, 4)) as won_amount,
    cast(lost_count as bigint) as lost_opportunity_count,
    cast(later_won_count as bigint) as later_won_opportunity_count,
    cast(later_won_amount as decimal(28, 4)) as later_won_amount,
    cast(later_lost_count as bigint) as later_lost_opportunity_count
from rated
