-- What the customers of each arm of a campaign came to, outcome by outcome, all together and cut by one thing at a time
-- that was known of them: how many they are, the sum, and the sum of the squares. An arm of a part that is of too few,
-- or would tell of another part, says why it is not shown.
{% set outcomes = {
    'visit': 'case when has_visited then 1 else 0 end',
    'conversion': 'case when order_count > 0 then 1 else 0 end',
    'orders': 'order_count',
    'revenue': 'revenue_amount',
    'margin': 'margin_amount',
    'net_margin': 'margin_amount - cost_amount',
} %}

with outcomes as (
    select * from {{ ref('int_contacts__outcomes') }}
),

dimensions as (
    select * from {{ ref('customer_dimensions') }}
),

parts as (
    select assignment_id, 'none' as dimension, 'all' as dimension_value
    from outcomes
    union all
    select assignment_id, 'earlier_orders' as dimension, earlier_orders as dimension_value
    from outcomes
    union all
    select assignment_id, 'offer_category' as dimension, offer_category as dimension_value
    from outcomes
    where offer_category is not null
    union all
    select outcomes.assignment_id, dimensions.attribute as dimension, dimensions.attribute_value as dimension_value
    from outcomes
    inner join dimensions on outcomes.customer_id = dimensions.customer_id
),

-- Sums of decimals are exact, so that two runs agree to the last digit.
measured as (
    select
        assignment_id,
        source_system,
        campaign,
        experiment_arm,
        {%- for outcome, expression in outcomes.items() %}
        cast({{ expression }} as decimal(18, 4)) as {{ outcome }},
        {%- endfor %}
        assigned_date,
        has_both_arms
    from outcomes
),

arm_sums as (
    select
        measured.source_system,
        measured.campaign,
        parts.dimension,
        parts.dimension_value,
        measured.experiment_arm,
        {%- for outcome in outcomes %}
        count(measured.{{ outcome }}) as {{ outcome }}_count,
        sum(measured.{{ outcome }}) as {{ outcome }}_sum,
        sum(measured.{{ outcome }} * measured.{{ outcome }}) as {{ outcome }}_square_sum,
        {%- endfor %}
        count(*) as customer_count,
        cast(sum(case when measured.has_both_arms then 1 else 0 end) as bigint) as both_arms_customer_count,
        min(measured.assigned_date) as first_assigned_date,
        max(measured.assigned_date) as last_assigned_date
    from measured
    inner join parts on measured.assignment_id = parts.assignment_id
    group by
        measured.source_system,
        measured.campaign,
        parts.dimension,
        parts.dimension_value,
        measured.experiment_arm
)

select arm_sums.*, hidden.suppression_reason
from arm_sums
left join {{ hidden_parts(
    'arm_sums', ['source_system', 'campaign', 'experiment_arm'], 'customer_count', 'customer_count', 'customers'
) }} as hidden
    on arm_sums.source_system = hidden.source_system
    and arm_sums.campaign = hidden.campaign
    and arm_sums.experiment_arm = hidden.experiment_arm
    and arm_sums.dimension = hidden.dimension
    and arm_sums.dimension_value = hidden.dimension_value
