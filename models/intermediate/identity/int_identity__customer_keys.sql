-- Which customer each key of a source stands for: the id that its component has now (int_identity__key_history).
with resolved_keys as (
    select *, customer_namespace || ':' || source_customer_id as key from {{ ref('int_identity__resolved_keys') }}
),

key_history as (
    select * from {{ ref('int_identity__key_history') }}
),

present as (
    select key, customer_id
    from (
        select key, customer_id, row_number() over (partition by key order by generation desc) as newest
        from key_history
    ) as numbered
    where newest = 1
),

-- A device is remembered by nobody: it takes the id that the records of its component have.
component_ids as (
    select distinct resolved_keys.component_key, present.customer_id
    from resolved_keys
    inner join present on resolved_keys.key = present.key
    where present.customer_id is not null
)

select
    resolved_keys.customer_namespace,
    resolved_keys.source_customer_id,
    -- Null while anonymous, because the component then is.
    component_ids.customer_id
from resolved_keys
left join component_ids on resolved_keys.component_key = component_ids.component_key
