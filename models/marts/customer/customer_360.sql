-- What the marts say of a customer now, in one row: who it is, where it stands, what it is worth, what it last thought,
-- and how much of each type of data that rests on.
with customers as (
    select * from {{ ref('customers') }}
),

stages as (
    select * from {{ ref('journey_stages') }}
    where axis = 'relationship' and is_current
),

attitudes as (
    select * from {{ ref('journey_stages') }}
    where axis = 'attitude' and is_current
),

customer_value as (
    select * from {{ ref('customer_value') }}
),

coverage as (
    select
        customer_id,
        cast(count(*) as bigint) as source_count,
        max(last_descriptive_event_at) as last_descriptive_event_at,
        max(last_behavioural_event_at) as last_behavioural_event_at,
        max(last_attitudinal_event_at) as last_attitudinal_event_at,
        max(last_interaction_event_at) as last_interaction_event_at
    from {{ ref('customer_data_coverage') }}
    group by customer_id
),

-- Whatever the questionnaire: the newest answer counts, of several at one time that of the last name.
responses as (
    select
        customer_id,
        measure,
        answered_at,
        response_value,
        row_number() over (
            partition by customer_id, measure order by answered_at desc, instrument desc, response_id desc
        ) as recency
    from {{ ref('int_satisfaction__measured_responses') }}
    where customer_id is not null
),

last_satisfaction as (
    select * from responses
    where measure = 'satisfaction_index' and recency = 1
),

last_recommendation as (
    select * from responses
    where measure = 'nps' and recency = 1
),

open_tickets as (
    select customer_id, cast(count(*) as bigint) as open_ticket_count
    from {{ ref('int_service__ticket_cycles') }}
    where is_open
    group by customer_id
),

former_names as (
    select current_customer_id as customer_id, cast(count(*) as bigint) as former_id_count
    from {{ ref('customer_id_history') }}
    where status = 'merged'
    group by current_customer_id
)

select
    customers.customer_id,
    coalesce(former_names.former_id_count, 0) as former_id_count,
    customers.customer_type,
    customers.country,
    customers.region,
    customers.age_band,
    customers.segment,
    customers.preferred_channel,
    customers.acquisition_channel,
    customers.first_event_at,
    customers.last_event_at,
    stages.stage,
    stages.valid_from as stage_since_at,
    attitudes.stage as attitude,
    attitudes.valid_from as attitude_since_at,
    coalesce(customer_value.order_count, 0) as order_count,
    customer_value.last_purchase_at,
    customer_value.net_revenue_amount,
    customer_value.accounting_clv_amount,
    customer_value.probability_alive,
    customer_value.expected_purchases_12_months,
    customer_value.residual_clv_amount,
    customer_value.residual_clv_lower_95_amount,
    customer_value.residual_clv_upper_95_amount,
    customer_value.residual_clv_predictive_lower_95_amount,
    customer_value.residual_clv_predictive_upper_95_amount,
    customer_value.residual_clv_infinite_horizon_amount,
    customer_value.horizon_months,
    customer_value.value_tier,
    last_satisfaction.response_value as last_satisfaction_index,
    last_satisfaction.answered_at as last_satisfaction_at,
    case
        when last_recommendation.response_value > 0 then 'promoter'
        when last_recommendation.response_value < 0 then 'detractor'
        when last_recommendation.response_value = 0 then 'passive'
    end as last_nps_class,
    last_recommendation.answered_at as last_nps_at,
    coalesce(open_tickets.open_ticket_count, 0) as open_ticket_count,
    coalesce(coverage.source_count, 0) as source_count,
    customers.descriptive_event_count,
    coverage.last_descriptive_event_at,
    customers.behavioural_event_count,
    coverage.last_behavioural_event_at,
    customers.attitudinal_event_count,
    coverage.last_attitudinal_event_at,
    customers.interaction_event_count,
    coverage.last_interaction_event_at
from customers
left join former_names on customers.customer_id = former_names.customer_id
left join stages on customers.customer_id = stages.customer_id
left join attitudes on customers.customer_id = attitudes.customer_id
left join customer_value on customers.customer_id = customer_value.customer_id
left join last_satisfaction on customers.customer_id = last_satisfaction.customer_id
left join last_recommendation on customers.customer_id = last_recommendation.customer_id
left join open_tickets on customers.customer_id = open_tickets.customer_id
left join coverage on customers.customer_id = coverage.customer_id
