-- What each cut's figures of a period are made of, from its first answer to the as-of day. Periods without an answer
-- are there, since nobody answering is something to be seen. What as a whole is of too few people is not cut.
with periods as (
    select * from {{ ref('int_satisfaction__periods') }}
),

month_pairs as (
    select * from {{ ref('int_satisfaction__month_pairs') }}
),

whole_periods as (
    select distinct period_type, period_start_date, period_end_date, last_month_date
    from periods
),

cuts as (
    select
        questionnaire,
        measure,
        dimension,
        dimension_value,
        min(month_date) as first_month_date,
        min(min(month_date)) over (partition by questionnaire, measure) as first_answered_month_date
    from month_pairs
    group by questionnaire, measure, dimension, dimension_value
),

cut_periods as (
    select
        cuts.questionnaire,
        cuts.measure,
        cuts.dimension,
        cuts.dimension_value,
        whole_periods.period_type,
        whole_periods.period_start_date,
        whole_periods.period_end_date
    from cuts
    inner join whole_periods
        on cuts.first_answered_month_date <= whole_periods.period_start_date
        and cuts.first_month_date <= whole_periods.last_month_date
),

sums as (
    select
        month_pairs.questionnaire,
        month_pairs.measure,
        month_pairs.dimension,
        month_pairs.dimension_value,
        periods.period_type,
        periods.period_start_date,
        sum(month_pairs.answer_count) as answer_count,
        sum(month_pairs.respondent_count) as respondent_count,
        sum(month_pairs.superseded_answer_count) as superseded_answer_count,
        sum(month_pairs.above_zero_count) as above_zero_count,
        sum(month_pairs.below_zero_count) as below_zero_count,
        sum(month_pairs.value_sum) as value_sum,
        sum(month_pairs.square_sum) as square_sum,
        sum(month_pairs.count_square_sum) as count_square_sum,
        sum(month_pairs.count_value_sum) as count_value_sum,
        sum(month_pairs.value_square_sum) as value_square_sum
    from month_pairs
    inner join periods
        on month_pairs.month_date = periods.month_date
        and month_pairs.earlier_month_date >= periods.period_start_date
    group by
        month_pairs.questionnaire,
        month_pairs.measure,
        month_pairs.dimension,
        month_pairs.dimension_value,
        periods.period_type,
        periods.period_start_date
),

large_enough as (
    select questionnaire, measure, period_type, period_start_date
    from sums
    where dimension = 'none' and not {{ too_few('respondent_count') }}
)

select
    cut_periods.questionnaire,
    cut_periods.measure,
    cut_periods.dimension,
    cut_periods.dimension_value,
    cut_periods.period_type,
    cut_periods.period_start_date,
    cut_periods.period_end_date,
    {% for count in ['answer', 'respondent', 'superseded_answer', 'above_zero', 'below_zero'] -%}
    cast(coalesce(sums.{{ count }}_count, 0) as bigint) as {{ count }}_count,
    {% endfor -%}
    cast(coalesce(sums.value_sum, 0) as decimal(28, 6)) as value_sum,
    cast(coalesce(sums.square_sum, 0) as decimal(32, 12)) as square_sum,
    cast(coalesce(sums.count_square_sum, 0) as bigint) as count_square_sum,
    cast(coalesce(sums.count_value_sum, 0) as decimal(32, 6)) as count_value_sum,
    cast(coalesce(sums.value_square_sum, 0) as decimal(36, 12)) as value_square_sum
from cut_periods
left join sums
    on cut_periods.questionnaire = sums.questionnaire
    and cut_periods.measure = sums.measure
    and cut_periods.dimension = sums.dimension
    and cut_periods.dimension_value = sums.dimension_value
    and cut_periods.period_type = sums.period_type
    and cut_periods.period_start_date = sums.period_start_date
left join large_enough
    on cut_periods.questionnaire = large_enough.questionnaire
    and cut_periods.measure = large_enough.measure
    and cut_periods.period_type = large_enough.period_type
    and cut_periods.period_start_date = large_enough.period_start_date
where cut_periods.dimension = 'none' or large_enough.questionnaire is not null
