-- How satisfied people were in a period: each measure of each questionnaire, as a whole and cut by one dimension at a
-- time. Who answers often says more or less the same each time, so many answers of few people count as fewer than they
-- are: by the design effect, which is the variance among persons (Liang, Zeger 1986) over that of as many answers of
-- different ones.
with sums as (
    select * from {{ ref('int_satisfaction__period_sums') }}
),

hidden_periods as (
    select * from {{ ref('int_satisfaction__hidden_periods') }}
),

invitations as (
    select * from {{ ref('int_satisfaction__period_invitations') }}
),

described as (
    select
        sums.*,
        md5(concat_ws(
            ':',
            sums.questionnaire,
            sums.measure,
            sums.dimension,
            sums.dimension_value,
            sums.period_type,
            cast(sums.period_start_date as string)
        )) as satisfaction_id,
        hidden_periods.suppression_reason,
        coalesce(invitations.invitation_count, 0) as invitation_count,
        case
            when not {{ too_few('invitations.invitation_count') }}
                then cast(invitations.answered_count as double) / invitations.invitation_count
        end as response_rate,
        case when sums.measure = 'nps' then -100 else 0 end as lowest_value
    from sums
    left join hidden_periods
        on sums.questionnaire = hidden_periods.questionnaire
        and sums.measure = hidden_periods.measure
        and sums.dimension = hidden_periods.dimension
        and sums.dimension_value = hidden_periods.dimension_value
        and sums.period_type = hidden_periods.period_type
        and sums.period_start_date = hidden_periods.period_start_date
    left join invitations
        on sums.questionnaire = invitations.questionnaire
        and sums.dimension = invitations.dimension
        and sums.dimension_value = invitations.dimension_value
        and sums.period_type = invitations.period_type
        and sums.period_start_date = invitations.period_start_date
),

-- What is hidden is not reckoned with: none of its figures can be shown by mistake. Decimals tell exactly where all
-- answered alike.
shown as (
    select
        *,
        cast(value_sum as double) / answer_count as mean_value,
        cast(
            cast(answer_count as decimal(9, 0)) * cast(square_sum as decimal(27, 12))
            - cast(value_sum as decimal(19, 6)) * cast(value_sum as decimal(17, 6)) as double
        ) / answer_count as answer_squares
    from described
    where suppression_reason is null and answer_count > 0
),

-- Sums of squares around the mean: of persons' sums, and of answers. Indices take the sample variance; the NPS, by its
-- published formula, that of the shares themselves.
varied as (
    select
        *,
        greatest(
            cast(value_square_sum as double) - 2 * mean_value * cast(count_value_sum as double)
            + mean_value * mean_value * count_square_sum, 0
        ) / answer_count / answer_count
        * case when measure = 'nps' then 1 else cast(respondent_count as double) / nullif(respondent_count - 1, 0) end
            as variance_of_mean,
        answer_squares / answer_count
        / nullif(case when measure = 'nps' then answer_count else answer_count - 1 end, 0)
            as variance_of_different_people
    from shown
),

-- Where all answered alike, or all are one person's, nobody knows how far one person's answers differ: they may not.
effective as (
    select
        *,
        case
            when answer_squares > 0 and respondent_count > 1 then variance_of_mean / variance_of_different_people
            else cast(count_square_sum as double) / answer_count
        end as design_effect
    from varied
),

-- By chance alone people can look more different than they are; no answer counts for more than one.
counted as (
    select
        *,
        answer_count / greatest(design_effect, 1) as effective_count,
        cast(value_sum as double) / greatest(design_effect, 1) as effective_value_sum,
        cast(square_sum as double) / greatest(design_effect, 1) as effective_square_sum
    from effective
),

estimates as (
    select
        *,
        {{ adjusted_bound(
            'lower', 'effective_value_sum', 'effective_square_sum', 'effective_count', 'lowest_value', 100
        ) }} as lower_95,
        {{ adjusted_bound(
            'upper', 'effective_value_sum', 'effective_square_sum', 'effective_count', 'lowest_value', 100
        ) }} as upper_95,
        {{ smallest_detectable_change(adjusted_standard_error(
            'effective_value_sum', 'effective_square_sum', 'effective_count', 'lowest_value', 100
        )) }} as smallest_detectable_fall
    from counted
)

select
    described.satisfaction_id,
    described.questionnaire,
    described.measure,
    described.dimension,
    described.dimension_value,
    described.period_type,
    described.period_start_date,
    described.period_end_date,
    described.answer_count,
    described.respondent_count,
    described.superseded_answer_count,
    described.suppression_reason is not null as is_suppressed,
    described.suppression_reason,
    cast(estimates.mean_value as decimal(18, 6)) as score,
    cast(sqrt(estimates.variance_of_mean) as decimal(18, 6)) as standard_error,
    cast(estimates.lower_95 as decimal(18, 6)) as lower_95,
    cast(estimates.upper_95 as decimal(18, 6)) as upper_95,
    cast(estimates.design_effect as decimal(18, 6)) as design_effect,
    cast(estimates.smallest_detectable_fall as decimal(18, 6)) as smallest_detectable_fall,
    case when estimates.measure = 'nps' then estimates.above_zero_count end as promoter_count,
    case
        when estimates.measure = 'nps'
            then estimates.answer_count - estimates.above_zero_count - estimates.below_zero_count
    end as passive_count,
    case when estimates.measure = 'nps' then estimates.below_zero_count end as detractor_count,
    described.invitation_count,
    cast(described.response_rate as decimal(18, 6)) as response_rate
from described
left join estimates on described.satisfaction_id = estimates.satisfaction_id
