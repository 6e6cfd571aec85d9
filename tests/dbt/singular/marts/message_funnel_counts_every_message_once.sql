-- Source by source the funnel holds each message that is told of until the as-of day, and what it cost.
with funnel as (
    select
        source_system,
        sum(planned_count) as message_count,
        sum(cost_amount) as cost_amount,
        sum(case
            when held_out_count + sent_count > planned_count then 1
            when delivered_count > sent_count then 1
            when opened_count < clicked_count then 1
            when ordered_count > delivered_count then 1
            when refunded_count > ordered_count then 1
            else 0
        end) as impossible_count
    from {{ ref('message_funnel') }}
    group by source_system
),

messages as (
    select
        source_system,
        count(distinct message_id) as message_count,
        sum(cost_amount) as cost_amount
    from {{ ref('message_events') }}
    where occurred_at is not null and business_date <= {{ as_of_date() }}
    group by source_system
)

select
    coalesce(funnel.source_system, messages.source_system) as source_system,
    funnel.message_count,
    messages.message_count as told_message_count,
    funnel.cost_amount,
    messages.cost_amount as told_cost_amount,
    funnel.impossible_count
from funnel
full outer join messages on funnel.source_system = messages.source_system
where funnel.message_count is distinct from messages.message_count
    or funnel.cost_amount is distinct from messages.cost_amount
    or funnel.impossible_count > 0
