-- By what customers on the journey are told apart, one dimension at a time: `none` is all of them, and together the
-- values of any other are all of them once. It is as they are now known, so that a cut is the same people all along.
with customers as (
    select distinct customer_id from {{ ref('journey_stages') }}
),

dimensions as (
    select * from {{ ref('customer_dimensions') }}
),

told as (
    select distinct attribute from dimensions
)

select
    customer_id,
    'none' as dimension,
    'all' as dimension_value
from customers
union all
select
    customers.customer_id,
    told.attribute,
    coalesce(dimensions.attribute_value, 'unknown')
from customers
cross join told
left join dimensions
    on customers.customer_id = dimensions.customer_id and told.attribute = dimensions.attribute
