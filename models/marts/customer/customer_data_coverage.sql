-- Which of the four types of data each source holds of each customer, how much of it, and how fresh: an empty type
-- shows as an empty column.
with timeline as (
    select * from {{ ref('customer_timeline') }}
    where customer_id is not null
)

select
    customer_id || ':' || source_system as customer_data_coverage_id,
    customer_id,
    source_system,
    cast(count(case when data_type = 'descriptive' then 1 end) as bigint) as descriptive_event_count,
    max(case when data_type = 'descriptive' then occurred_at end) as last_descriptive_event_at,
    cast(count(case when data_type = 'behavioural' then 1 end) as bigint) as behavioural_event_count,
    max(case when data_type = 'behavioural' then occurred_at end) as last_behavioural_event_at,
    cast(count(case when data_type = 'attitudinal' then 1 end) as bigint) as attitudinal_event_count,
    max(case when data_type = 'attitudinal' then occurred_at end) as last_attitudinal_event_at,
    cast(count(case when data_type = 'interaction' then 1 end) as bigint) as interaction_event_count,
    max(case when data_type = 'interaction' then occurred_at end) as last_interaction_event_at
from timeline
group by customer_id, source_system
