-- Which of the four types of data each source holds of each customer, how much of it, and how fresh: an empty type
-- shows as an empty column.
with held as (
    select * from {{ ref('int_coverage__customer_events') }}
    where customer_id is not null and event_count > 0
)

select
    customer_id || ':' || source_system as customer_data_coverage_id,
    customer_id,
    source_system,
    cast(sum(case when data_type = 'descriptive' then event_count else 0 end) as bigint) as descriptive_event_count,
    max(case when data_type = 'descriptive' then last_event_at end) as last_descriptive_event_at,
    cast(sum(case when data_type = 'behavioural' then event_count else 0 end) as bigint) as behavioural_event_count,
    max(case when data_type = 'behavioural' then last_event_at end) as last_behavioural_event_at,
    cast(sum(case when data_type = 'attitudinal' then event_count else 0 end) as bigint) as attitudinal_event_count,
    max(case when data_type = 'attitudinal' then last_event_at end) as last_attitudinal_event_at,
    cast(sum(case when data_type = 'interaction' then event_count else 0 end) as bigint) as interaction_event_count,
    max(case when data_type = 'interaction' then last_event_at end) as last_interaction_event_at
from held
group by customer_id, source_system
