-- How satisfaction changed, of each figure that is shown, and which changes are worth an alert: beyond noise, and
-- larger than what is overlooked. An alert is told when it begins, and not again as long as it goes on.
with changes as (
    select * from {{ ref('int_trends__satisfaction_changes') }}
),

satisfaction as (
    select * from {{ ref('satisfaction') }}
),

-- Of an index a change is a share of its score; of the NPS, which can be 0, of its distance from -100.
described as (
    select
        changes.*,
        satisfaction.questionnaire,
        satisfaction.measure,
        satisfaction.dimension,
        satisfaction.dimension_value,
        satisfaction.period_type,
        satisfaction.period_start_date,
        satisfaction.period_end_date,
        cast(changes.score_change as double)
        / nullif(
            cast(changes.earlier_score as double) - case when satisfaction.measure = 'nps' then -100 else 0 end, 0
        ) as relative_change,
        -- The rate is of a year, and each month's end is looked at.
        changes.adjusted_p_value <= {{ var('satisfaction_false_alarm_rate') }} / 12.0 as is_beyond_noise
    from changes
    inner join satisfaction on changes.satisfaction_id = satisfaction.satisfaction_id
),

-- What was 0 and is more has risen by whatever share.
directed as (
    select
        *,
        case
            when is_beyond_noise and score_change > 0
                and coalesce(relative_change > {{ var('satisfaction_least_change') }}, true) then 'rise'
            when is_beyond_noise and relative_change < -{{ var('satisfaction_least_change') }} then 'fall'
        end as direction
    from described
),

followed as (
    select
        *,
        lag(direction) over (
            partition by questionnaire, measure, dimension, dimension_value, period_type, comparison
            order by period_start_date
        ) as direction_before,
        lag(period_end_date) over (
            partition by questionnaire, measure, dimension, dimension_value, period_type, comparison
            order by period_start_date
        ) as end_date_before
    from directed
),

told as (
    select
        *,
        -- What was told before goes on, unless periods are missing in between, or the level has shifted again since.
        coalesce(
            direction = direction_before
            and {{ add_days('cast(end_date_before as timestamp)', 1) }} >= period_start_date
            and (shift_month_date is null or shift_month_date <= end_date_before),
            false
        ) as goes_on
    from followed
),

wholes as (
    select * from told
    where dimension = 'none' and direction is not null
),

shared as (
    select
        told.*,
        cast(cast(told.contribution as double) / cast(wholes.score_change as double) as decimal(18, 6))
            as share_of_whole_change,
        cast(told.answer_count as double) / wholes.answer_count as share_of_answers
    from told
    left join wholes
        on told.questionnaire = wholes.questionnaire
        and told.measure = wholes.measure
        and told.period_type = wholes.period_type
        and told.period_start_date = wholes.period_start_date
        and told.comparison = wholes.comparison
        and told.dimension <> 'none'
),

-- What parts that are hidden come to is what the others leave of the whole.
ranked as (
    select
        *,
        row_number() over (
            partition by questionnaire, measure, dimension, period_type, period_start_date, comparison
            order by share_of_whole_change desc nulls last, dimension_value asc
        ) as place,
        1 - sum(share_of_whole_change) over (
            partition by questionnaire, measure, dimension, period_type, period_start_date, comparison
        ) as hidden_share
    from shared
)

select
    md5(concat_ws(':', satisfaction_id, comparison)) as satisfaction_trend_id,
    satisfaction_id,
    questionnaire,
    measure,
    dimension,
    dimension_value,
    period_type,
    period_start_date,
    period_end_date,
    comparison,
    answer_count,
    earlier_answer_count,
    score,
    earlier_score,
    score_change,
    cast(relative_change as decimal(18, 6)) as relative_change,
    standard_error,
    lower_95,
    upper_95,
    p_value,
    adjusted_p_value,
    test_count,
    is_beyond_noise,
    case when direction is null or goes_on then null when comparison = 'previous_level' then 'shift' else direction end
        as alert_class,
    contribution,
    share_of_whole_change,
    coalesce(
        place = 1 and share_of_whole_change >= hidden_share and share_of_whole_change > share_of_answers, false
    ) as is_origin,
    shift_month_date,
    earliest_shift_month_date,
    latest_shift_month_date,
    estimated_at
from ranked
