-- What the sources hold of a customer adds up to what the customer's own row says, and everyone has one row in the view
-- of all marts.
with by_source as (
    select
        customer_id,
        sum(descriptive_event_count) as descriptive_event_count,
        sum(behavioural_event_count) as behavioural_event_count,
        sum(attitudinal_event_count) as attitudinal_event_count,
        sum(interaction_event_count) as interaction_event_count
    from {{ ref('customer_data_coverage') }}
    group by customer_id
),

customers as (
    select * from {{ ref('customers') }}
),

rows_of_360 as (
    select customer_id, count(*) as row_count
    from {{ ref('customer_360') }}
    group by customer_id
)

select
    customers.customer_id,
    by_source.customer_id as covered_customer_id,
    rows_of_360.row_count
from customers
left join by_source on customers.customer_id = by_source.customer_id
full outer join rows_of_360 on customers.customer_id = rows_of_360.customer_id
where
    rows_of_360.row_count is distinct from 1
    or customers.customer_id is null
    or customers.descriptive_event_count <> coalesce(by_source.descriptive_event_count, 0)
    or customers.behavioural_event_count <> coalesce(by_source.behavioural_event_count, 0)
    or customers.attitudinal_event_count <> coalesce(by_source.attitudinal_event_count, 0)
    or customers.interaction_event_count <> coalesce(by_source.interaction_event_count, 0)
