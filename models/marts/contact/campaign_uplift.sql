-- What campaigns bring about: customers who were sent a message against those whom chance held out of it, outcome by
-- outcome, all together and cut by what was known of them. What those held out did as well, the message did not do.
{% set outcomes = ['visit', 'conversion', 'orders', 'revenue', 'margin', 'net_margin'] %}

with touches as (
    select * from {{ ref('int_contacts__touches') }}
    where touch_type = 'campaign_message' and campaign is not null and assigned_date <= {{ as_of_date() }}
),

arms as (
    select * from {{ ref('int_contacts__arm_sums') }}
),

hold_out_shares as (
    select * from {{ ref('hold_out_shares') }}
),

cuts as (
    {%- for outcome in outcomes %}
    select
        '{{ outcome }}' as outcome,
        source_system,
        campaign,
        dimension,
        dimension_value,
        experiment_arm,
        customer_count,
        both_arms_customer_count,
        first_assigned_date,
        last_assigned_date,
        suppression_reason,
        {{ outcome }}_count as value_count,
        cast({{ outcome }}_sum as double) as value_sum,
        cast({{ outcome }}_square_sum as double) as square_sum,
        {{ 'visit_sum' if outcome == 'visit' else 'orders_sum' }} as recorded_sum
    from arms
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

both_arms as (
    select
        outcome,
        source_system,
        campaign,
        dimension,
        dimension_value,
        min(first_assigned_date) as first_assigned_date,
        max(last_assigned_date) as last_assigned_date,
        sum(both_arms_customer_count) as both_arms_customer_count,
        sum(recorded_sum) as recorded_sum,
        {%- for arm in ['contacted', 'held_out'] %}
        sum(case when experiment_arm = '{{ arm }}' then customer_count else 0 end) as {{ arm }}_customer_count,
        sum(case when experiment_arm = '{{ arm }}' then value_count end) as {{ arm }}_count,
        sum(case when experiment_arm = '{{ arm }}' then value_sum end) as {{ arm }}_sum,
        sum(case when experiment_arm = '{{ arm }}' then square_sum end) as {{ arm }}_square_sum,
        {%- endfor %}
        max(case when suppression_reason is not null then 1 else 0 end) as has_hidden_arm
    from cuts
    group by outcome, source_system, campaign, dimension, dimension_value
),

-- Each campaign is there as a whole, though there be nothing to compare. A part of it is where both arms can be shown.
campaigns as (
    select
        touches.source_system,
        touches.campaign,
        min(touches.assigned_date) as first_assigned_date,
        max(touches.assigned_date) as last_assigned_date,
        max(case when touches.experiment_arm is not null then 1 else 0 end) as has_hold_out
    from touches
    group by touches.source_system, touches.campaign
),

wholes as (
    select
        campaigns.*,
        named.outcome
    from campaigns
    cross join (
        values
        {%- for outcome in outcomes %}
        ('{{ outcome }}'){{ ',' if not loop.last }}
        {%- endfor %}
    ) as named (outcome)
),

shares as (
    select
        campaigns.source_system,
        campaigns.campaign,
        coalesce(own.held_out_share, usual.held_out_share) as planned_held_out_share
    from campaigns
    left join hold_out_shares as own
        on campaigns.source_system = own.source_system and campaigns.campaign = own.campaign
    left join hold_out_shares as usual
        on campaigns.source_system = usual.source_system and usual.campaign = 'all'
),

-- Pearson's chi-square of two arms, with one degree of freedom, is the square of this score.
sample_ratios as (
    select
        shares.source_system,
        shares.campaign,
        shares.planned_held_out_share,
        {{ two_sided_p_value(
            '((both_arms.held_out_customer_count'
            ~ ' - (both_arms.contacted_customer_count + both_arms.held_out_customer_count)'
            ~ ' * shares.planned_held_out_share)'
            ~ ' / nullif(sqrt((both_arms.contacted_customer_count + both_arms.held_out_customer_count)'
            ~ ' * shares.planned_held_out_share * (1 - shares.planned_held_out_share)), 0))'
        ) }} as sample_ratio_p_value
    from shares
    left join both_arms
        on shares.source_system = both_arms.source_system
        and shares.campaign = both_arms.campaign
        and both_arms.dimension = 'none'
        and both_arms.outcome = 'orders'
),

joined as (
    select
        wholes.outcome,
        wholes.source_system,
        wholes.campaign,
        coalesce(both_arms.dimension, 'none') as dimension,
        coalesce(both_arms.dimension_value, 'all') as dimension_value,
        coalesce(both_arms.first_assigned_date, wholes.first_assigned_date) as first_assigned_date,
        coalesce(both_arms.last_assigned_date, wholes.last_assigned_date) as last_assigned_date,
        coalesce(both_arms.contacted_customer_count, 0) as contacted_customer_count,
        coalesce(both_arms.held_out_customer_count, 0) as held_out_customer_count,
        coalesce(both_arms.both_arms_customer_count, 0) as both_arms_customer_count,
        sample_ratios.planned_held_out_share,
        sample_ratios.sample_ratio_p_value,
        case
            when wholes.has_hold_out = 0 then 'no_hold_out'
            when both_arms.outcome is null then 'days_not_over'
            when
                {{ too_few('both_arms.contacted_customer_count') }}
                or {{ too_few('both_arms.held_out_customer_count') }}
                then 'too_few_customers'
            when sample_ratios.sample_ratio_p_value < {{ var('sample_ratio_false_alarm_rate') }}
                then 'sample_ratio_mismatch'
            when both_arms.recorded_sum = 0 then 'nothing_recorded'
            when
                both_arms.contacted_count < both_arms.contacted_customer_count
                or both_arms.held_out_count < both_arms.held_out_customer_count
                then 'margin_not_known'
        end as reason,
        both_arms.contacted_sum,
        both_arms.contacted_square_sum,
        both_arms.held_out_sum,
        both_arms.held_out_square_sum
    from wholes
    left join both_arms
        on wholes.outcome = both_arms.outcome
        and wholes.source_system = both_arms.source_system
        and wholes.campaign = both_arms.campaign
        and (both_arms.dimension = 'none' or both_arms.has_hidden_arm = 0)
    left join sample_ratios
        on wholes.source_system = sample_ratios.source_system and wholes.campaign = sample_ratios.campaign
),

-- What is not told is not reckoned with: no figure of it can be shown by mistake.
means as (
    select
        *,
        {%- for arm in ['contacted', 'held_out'] %}
        case when reason is null then {{ arm }}_sum / {{ arm }}_customer_count end as {{ arm }}_mean,
        case
            when reason is null
                then greatest({{ arm }}_square_sum - {{ arm }}_sum * {{ arm }}_sum / {{ arm }}_customer_count, 0)
                    / nullif({{ arm }}_customer_count - 1, 0)
        end as {{ arm }}_variance,
        {%- endfor %}
        dimension = 'none' as is_whole
    from joined
    where dimension = 'none' or reason is null or reason <> 'too_few_customers'
),

differences as (
    select
        *,
        contacted_mean - held_out_mean as difference,
        sqrt(contacted_variance / contacted_customer_count + held_out_variance / held_out_customer_count)
            as standard_error,
        -- The larger variance stands for both arms: thirty held out who all bought nothing do not say that nobody ever
        -- does, and chance made the arms alike.
        sqrt(
            greatest(contacted_variance, held_out_variance)
            * (1e0 / nullif(contacted_customer_count, 0) + 1e0 / nullif(held_out_customer_count, 0))
        ) as chance_error
    from means
),

tested as (
    select
        *,
        {{ two_sided_p_value('(difference / nullif(chance_error, 0))') }} as p_value
    from differences
),

adjusted as (
    select * from {{ with_adjusted_p_values(
        'tested', ['outcome', 'is_whole'], ['source_system', 'campaign', 'dimension', 'dimension_value']
    ) }} as tested
)

select
    md5(concat_ws(':', source_system, campaign, dimension, dimension_value, outcome)) as campaign_uplift_id,
    source_system,
    campaign,
    dimension,
    dimension_value,
    outcome,
    first_assigned_date,
    last_assigned_date,
    cast({{ var('campaign_outcome_days') }} as bigint) as outcome_day_count,
    cast(contacted_customer_count as bigint) as contacted_customer_count,
    cast(held_out_customer_count as bigint) as held_out_customer_count,
    cast(both_arms_customer_count as bigint) as both_arms_customer_count,
    cast(planned_held_out_share as decimal(18, 6)) as planned_held_out_share,
    cast(sample_ratio_p_value as decimal(18, 6)) as sample_ratio_p_value,
    reason,
    cast(contacted_mean as decimal(28, 8)) as contacted_mean,
    cast(held_out_mean as decimal(28, 8)) as held_out_mean,
    cast(difference as decimal(28, 8)) as difference,
    cast(standard_error as decimal(28, 8)) as standard_error,
    cast(difference - {{ half_width_95('chance_error') }} as decimal(28, 8)) as difference_lower_95,
    cast(difference + {{ half_width_95('chance_error') }} as decimal(28, 8)) as difference_upper_95,
    cast(p_value as decimal(18, 6)) as p_value,
    cast(adjusted_p_value as decimal(18, 6)) as adjusted_p_value,
    cast(case when reason is null then test_count end as bigint) as test_count,
    case
        when reason is not null then null
        when adjusted_p_value <= {{ var('campaign_false_discovery_rate') }} and difference > 0 then 'gain'
        when adjusted_p_value <= {{ var('campaign_false_discovery_rate') }} and difference < 0 then 'loss'
        else 'no_gain_shown'
    end as verdict
from adjusted
